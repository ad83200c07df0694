"""What is handed over: data in, bytes out.

A report is a `Book` that parts draw into, one after the other. A part is a function that gets
data and a `Listing` (or the `Book`, for a page laid out by hand) and knows nothing of PDF.

`Listing` flows down the pages and is what most parts need:

    listing.begin_part("D. Late entries", note)               title, outline entry, new page
    listing.begin_section(Section(title, facts, alert, path))  title due with the first row
    listing.begin_table(columns_of([("Gift", 54, "left"), ...]))
    listing.add_row([cell, ...])                               a cell is [(text, style), ...]
    listing.add_rows(items, row_of)                            a row for each, made if it is here
    listing.passes_over(n)                                     whether n rows are another volume's
    listing.say("No gift of this period was logged late.")     where there is nothing to list

Each text of a cell begins a line of its own and wraps into as many lines as it needs. Heads are
repeated on every page, a row too tall is split, nothing is clipped. Rows are written as they
come and forgotten, so a part passes on an iterator and keeps no list of rows.

`Book` draws at a place of the current page, in points from the lower left corner:

    book.turn()                          begin a page; held=True: drawn last, where it stands
    book.text(x, y, text, style)         one line; align="right" or "center"
    book.paragraph(span, y, text, style) wrapped; returns the baseline below it
    book.rule(y), book.panel(...)        lines and areas, mere decoration to a screen reader
    book.draw(chart, x, y)               a `Chart` of `reports.charts`, with its alternative text
    book.mark(title, level=1, top=y)     an outline entry and the aim of links
    book.link(box, entry, title)         a rectangle that leads to a mark
    with book.element("Table"):          what is drawn meanwhile belongs together, for a screen
        with book.element("TR"):         reader; a text is a paragraph or a heading by its style,
            book.text(..., kind="TH")    or of the kind it is said to be

Styles, spans and the grid are in `theme`; what cells say is in `cells`, words and amounts in
`wording`. A new part belongs in a module of its own and is called from `quarter`.

Below the parts, from the page down to the file: `paper` (the book), `setting` (rows of tables),
`page`, `lettering` and `fontset` (text), `tags` (structure), `binding` (what is known when all
pages are written), `archive`, `embedding`, `sealing` and `signing`, and `stream`, which writes each
object at once. `volumes` parts a long report among files, whose `content` hash is one; `data_files`
and `json_file` write its data.
"""
