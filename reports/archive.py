"""What makes the report one to be kept: metadata, colors that are defined, and its data inside.

The file says of itself that it keeps to PDF/A-3 and, where it is tagged, to PDF/UA-1.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC
from hashlib import sha256
from typing import Final
from xml.sax.saxutils import escape

from reports.color_profile import srgb_profile
from reports.paper import Book
from reports.stream import text_string

PRODUCER: Final = "Tally 3220 with ReportLab"
_XMP: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>{conformance}</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format><dc:language><rdf:Bag><rdf:li>en-US</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{firm}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:identifier>urn:sha256:{digest}</dc:identifier></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreatorTool>{software}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>{producer}</pdf:Producer></rdf:Description>
{accessible}</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
# PDF/A knows no PDF/UA, so the file explains the word it uses for it.
_ACCESSIBLE: Final = """<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


def put_archive(book: Book) -> bytes:
    """Write what an archive asks for and return its entries of the catalog."""
    document = book.document
    profile = document.put_stream(document.reserve(), srgb_profile(), b"/N 3")
    intent = (
        b"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
        b"/Info(sRGB IEC61966-2.1)/DestOutputProfile %d 0 R>>" % profile
    )
    metadata = document.put_stream(
        document.reserve(), _metadata(book).encode(), b"/Type/Metadata/Subtype/XML", level=0
    )
    return (
        b"/Lang(en-US)/ViewerPreferences<</DisplayDocTitle true>>"
        b"/OutputIntents[%b]/Metadata %d 0 R%b" % (intent, metadata, _attached(book))
    )


def put_info(book: Book) -> bytes:
    """Return the entries of the document information, the same as in the metadata."""
    moment = _moment(book)
    told = (book.title, book.meta.firm, _subject(book), book.meta.software, PRODUCER)
    return b"<</Title%b/Author%b/Subject%b/Creator%b/Producer%b/CreationDate%b/ModDate%b>>" % (
        *map(text_string, told),
        moment,
        moment,
    )


def _subject(book: Book) -> str:
    meta = book.meta
    return f"{meta.rule}, {meta.scope}, {meta.first_day} to {meta.last_day}"


def _metadata(book: Book) -> str:
    meta = book.meta
    said = {
        "title": book.title,
        "firm": meta.firm,
        "subject": _subject(book),
        "digest": book.digest,
        "software": meta.software,
        "moment": f"{meta.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+00:00",
        "producer": PRODUCER,
        "conformance": "A" if book.tags else "B",
    }
    safe = {name: escape(_printable(text)) for name, text in said.items()}
    return _XMP.format(**safe, accessible=_ACCESSIBLE if book.tags else "")


def _printable(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(character if character.isprintable() else " " for character in text)


def attach(book: Book, name: str, kind: str, told: str, chunks: Iterable[bytes]) -> None:
    """Embed a data file of the report, as its chunks come."""
    document = book.document
    number, file, params = range(first := document.reserve(3), first + 3)
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            size += len(chunk)
            yield chunk

    subtype = kind.replace("/", "#2F").encode()
    entries = b"/Type/EmbeddedFile/Subtype/%b/Params %d 0 R" % (subtype, params)
    document.put_chunks(number, counted(), entries)
    document.put(params, b"<</Size %d/ModDate%b>>" % (size, _moment(book)))
    title = text_string(name)
    document.put(
        file,
        b"<</Type/Filespec/F%b/UF%b/Desc%b/AFRelationship/Data/EF<</F %d 0 R/UF %d 0 R>>>>"
        % (title, title, text_string(told), number, number),
    )
    book.attachments.append((name, file))


def attach_data(book: Book, name: str, kind: str, told: str, chunks: Iterable[bytes]) -> None:
    """Embed the data whose SHA-256 is the content hash of the book."""
    digest = sha256()

    def hashed() -> Iterator[bytes]:
        for chunk in chunks:
            digest.update(chunk)
            yield chunk

    attach(book, name, kind, told, hashed())
    book.digest = digest.hexdigest()


def _moment(book: Book) -> bytes:
    return text_string(f"D:{book.meta.made_at.astimezone(UTC):%Y%m%d%H%M%S}+00'00'")


def _attached(book: Book) -> bytes:
    if not book.attachments:
        return b""
    files = sorted(book.attachments)
    names = b"".join(b"%b%d 0 R" % (text_string(name), number) for name, number in files)
    related = b" ".join(b"%d 0 R" % number for _, number in files)
    return b"/Names<</EmbeddedFiles<</Names[%b]>>>>/AF[%b]" % (names, related)
