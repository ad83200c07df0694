"""Fictional names and things for the demo; nobody and no firm of these names is meant."""

from typing import NamedTuple

from compliance_app.rules.facts import Category, Payer

FIRM = "Brightwater Securities"
DOMAIN = "brightwater.example"
OFFICES = ("New York", "Boston", "Chicago", "San Francisco", "Charlotte")

GIVEN = (  # noqa: SIM905 - a name a line would fill the screen
    "Adaeze Aiko Alejandra Amara Ananya Andrzej Anneke Arjun Astrid Beatriz Benedikt Bronwyn "
    "Camila Caspian Chiara Chidi Clara Daniel Darius Delphine Dmitri Ebele Eilidh Elena Elias "
    "Emeka Esther Farah Fatima Felix Fiona Freya Gabriel Giulia Grace Haruka Hassan Helena Hugo "
    "Ibrahim Imogen Ines Ingrid Isaac Ishaan Jamila Javier Jin Joanna Jonas Jun Kamala Kofi Laila "
    "Leila Leon Lucia Mabel Magnus Mai Malik Marcus Marta Mei Mikhail Minh Miriam Moses Nadia "
    "Naomi Nikhil Noor Oksana Olivia Omar Oscar Paloma Petra Priya Rafael Ravi Rosa Samira Sanjay "
    "Simone Sofia Soren Sunita Tariq Teresa Thanh Thomas Tomoko Uma Valentina Victor Wanjiru Wei "
    "Xiomara Yara Yusuf Zainab Zoe"
).split()
FAMILY = (  # noqa: SIM905 - the same
    "Abernathy Achebe Adeyemi Ahmadi Almeida Andersson Aoki Baptiste Barros Beaumont Bergman "
    "Bianchi Bose Brennan Cardoso Castellano Chandra Cho Dalgaard Delacroix Desai Diallo Dufour "
    "Eklund Ellery Espinoza Fairweather Farouk Ferreira Fitzgerald Fontaine Fujimoto Gallagher "
    "Ghosh Goldberg Grimaldi Haddad Halvorsen Hashimoto Holloway Hosseini Iyer Jankowski Jensen "
    "Kapoor Karimi Kaufmann Kimura Kowalczyk Kruger Lachance Larkin Levine Lindqvist Lombardi "
    "Mahfouz Marchetti Mbeki McAllister Mehta Mendoza Moreau Nakamura Ndiaye Novak Nwosu Oduya "
    "Okafor Olsen Ortega Pemberton Petrov Pham Quigley Rahman Rosario Sandoval Sato Schreiber "
    "Shankaran Sinclair Sokolov Solberg Takeda Thackeray Tran Urquhart Vance Vasquez Villanueva "
    "Wallace Whitlock Winterbourne Yamada Yilmaz Zhang Zielinski"
).split()
EMPLOYER_FIRST = (  # noqa: SIM905 - the same
    "Northgate Harbor Larkspur Granite Meridian Juniper Copperfield Bluestone Elmwood Fairhaven "
    "Kestrel Lakeshore Marlowe Old_Mill Pinecrest Quarry Redwood Saltmarsh Tidewater Underhill "
    "Vantage Westbrook Yarrow Ashford Beacon"
).split()
EMPLOYER_LAST = (
    "Pension Trust",
    "Capital Partners",
    "Asset Management",
    "Insurance Group",
    "Foundation",
    "Endowment",
    "Credit Union",
    "Advisory",
    "Family Office",
    "Retirement System",
)
TITLES = (
    "Portfolio Manager",
    "Head of Trading",
    "Analyst",
    "Chief Investment Officer",
    "Treasurer",
    "Operations Lead",
    "Fund Administrator",
    "Trustee",
    "Relationship Manager",
    "Director of Research",
)


class Thing(NamedTuple):
    """Something that is given: what it is, and between which sums, in cents.

    `evidence` is what is shown where the thing is claimed not to count; `weight` says how
    often it comes up.
    """

    category: Category
    description: str
    least_cents: int
    most_cents: int
    weight: int = 10
    payer: Payer = Payer.MEMBER
    host_present: bool | None = None
    evidence: tuple[tuple[str, str], ...] = ()


M, T = Category.MERCHANDISE, Category.TICKET
THINGS = (
    Thing(M, "Gift basket of fruit and cheese", 28_00, 90_00, 24),
    Thing(M, "Box of handmade chocolates", 18_00, 55_00, 20),
    Thing(M, "Two bottles of Oregon pinot noir", 42_00, 120_00, 16),
    Thing(M, "Cookbook by a local chef", 22_00, 48_00),
    Thing(M, "Potted orchid for the office", 30_00, 75_00, 12),
    Thing(M, "Fountain pen in a walnut case", 45_00, 160_00, 8),
    Thing(M, "Wool scarf from a Boston mill", 38_00, 95_00, 8),
    Thing(M, "Tea sampler from Kyoto", 20_00, 60_00, 10),
    Thing(M, "Signed first edition of a novel", 60_00, 210_00, 5),
    Thing(M, "Golf balls, two dozen, without a logo", 48_00, 96_00, 8),
    Thing(M, "Framed print of the harbor at dawn", 90_00, 280_00, 10),
    Thing(M, "Single malt from Islay, eighteen years", 110_00, 240_00, 9),
    Thing(M, "Leather travel case", 120_00, 290_00, 7),
    Thing(M, "Coffee from a small roaster, six bags", 36_00, 84_00, 10),
    Thing(T, "Seat at a baseball game, client went alone", 35_00, 140_00, 10, host_present=False),
    Thing(T, "Symphony ticket, balcony", 45_00, 150_00, 7, host_present=False),
    Thing(T, "Evening at the theater with the team", 60_00, 180_00, 7, host_present=True),
    Thing(
        Category.ENTERTAINMENT,
        "Dinner after the annual review",
        70_00,
        190_00,
        9,
        host_present=True,
    ),
    Thing(
        Category.ENTERTAINMENT,
        "Round of golf at the spring outing",
        85_00,
        220_00,
        5,
        host_present=True,
    ),
    Thing(Category.HOLIDAY, "Holiday hamper", 35_00, 95_00, 12),
    Thing(Category.GIFT_CARD, "Bookshop gift card", 25_00, 75_00, 4),
    Thing(
        Category.PROMOTIONAL_LOGO,
        "Umbrella with the firm's logo",
        9_00,
        24_00,
        4,
        evidence=(("has_logo", ""),),
    ),
    Thing(Category.DE_MINIMIS, "Notepad and pen", 3_00, 9_00, 3),
    Thing(
        Category.COMMEMORATIVE,
        "Acrylic tombstone of the bond issue",
        40_00,
        160_00,
        4,
        evidence=(("solely_decorative", ""),),
    ),
    Thing(
        Category.WEDDING,
        "Wedding present, old family friend",
        60_00,
        240_00,
        2,
        Payer.GIVER_PERSONAL,
        evidence=(("pre_existing_personal_relationship", ""),),
    ),
    Thing(
        Category.BIRTH,
        "Blanket and books for a newborn",
        40_00,
        120_00,
        2,
        Payer.GIVER_PERSONAL,
        evidence=(("pre_existing_personal_relationship", ""),),
    ),
    Thing(
        Category.BEREAVEMENT,
        "Flowers for the funeral of a parent",
        60_00,
        150_00,
        2,
        evidence=(("deceased_relation", "parent"),),
    ),
    Thing(Category.PRIZE, "Raffle prize at the research day", 30_00, 110_00, 2),
    Thing(Category.CHARITABLE, "Donation to a charity the client named", 50_00, 200_00, 2),
    Thing(
        Category.DISASTER_DONATION,
        "Relief parcel after the hurricane",
        60_00,
        180_00,
        1,
        evidence=(("federal_major_disaster_declaration", "DR-4834"),),
    ),
    Thing(
        Category.COMPENSATION_FOR_SERVICES,
        "Fee for a talk at the research day",
        90_00,
        280_00,
        1,
        evidence=(("written_agreement", ""), ("employer_consent", "")),
    ),
)
PURPOSES = (
    "Thanks for the introduction to the treasury team",
    "Year-end visit",
    "After the quarterly review in Boston",
    "Anniversary of the mandate",
    "Welcome to the new role",
    "Thanks for speaking at our research day",
    "Closing of the refinancing",
    "Visit to the trading floor",
    "Follow-up to the conference in Chicago",
    "Promotion to partner",
    "Thirty years with the firm",
    "Opening of the new office",
)
