"""The words around names: what people are called besides, and how names are put together.

Plain tables; a word stands here when lists of clients and officials are full of it.
"""

# Written before a name, or instead of one.
TITLES = frozenset(
    str.split("""
    mr mrs ms miss mx messrs dr drs prof professor sir dame hon honorable honourable rev reverend
    fr sr sra srta senor senora monsieur madame madam mme mlle herr frau excellency his her their
    highness royal serene imperial majesty majesties eminence holiness the right rt sheikh shaikh
    sheik shaykh sheikha hrh monsignor begum haji alhaji hajj hadj excellence rabbi archbishop
    atty lic shri smt dipl ing mister
    """)
)
OFFICES = frozenset(
    str.split("""
    president vice secretary senator sen representative rep congressman congresswoman ambassador
    amb general gen colonel col lieutenant lt captain capt commander cmdr cdr admiral adm
    sergeant sgt governor gov mayor minister speaker chairman chairwoman chairperson chair
    director deputy assistant under undersecretary former acting chief staff attorney
    administrator counselor counsellor advisor adviser commissioner treasurer comptroller officer
    managing presidents brigadier rear prime interim principal special envoy associate aide
    executive member of for to us united states america american government department
    senate congress office state defense treasury commerce homeland security national central
    intelligence agency affairs foreign political economic veterans agriculture transportation
    policy army navy force usa usaf usn usmc international public protocol interpreter
    spokesman spokesperson spouse employee asst assist sec secy undersec spec agent consul consular
    charge attache counsel flag commanding corporal cpl ensign ens cadet specialist technical
    grade ltg ltgen ltcol ltc ltjg lcdr mg majgen bg bgen briggen radm vadm rdml cmsgt csm msgt
    ssgt tsgt brig
    board commission committee council
    ceo cfo coo cio cto cmo cro cco vp svp evp avp portfolio manager analyst trader broker
    consultant cofounder founder first-lady first-family first-daughters potus flotus
    """)
)
# Titles that are given names and surnames too: taken as titles before a whole name alone.
EITHER = frozenset(
    str.split("""
    major maj judge justice king queen prince princess crown dean bishop pope cardinal marshal
    marshall lady lord baron duke duchess earl father brother sister first daughter son wife mother
    emir amir sultan emperor empress chancellor premier pastor imam count air field most all
    engineer superintendent majority minority leader whip house
    """)
)
# Before one unfamiliar word these are no given name: Queen Beatrix.
RULERS = frozenset({"king", "queen", "pope", "emir"})
GENERATIONS = {
    "jr": "jr",
    "jnr": "jr",
    "junior": "jr",
    "sr": "sr",
    "snr": "sr",
    "senior": "sr",
    "i": "sr",
    "ii": "ii",
    "2nd": "ii",
    "iii": "iii",
    "3rd": "iii",
    "iv": "iv",
    "4th": "iv",
    "vi": "vi",
}
CREDENTIALS = frozenset(
    str.split("""
    cfa cpa cfp frm caia chfc clu cima cmt llm esq esquire phd md mba jd dds dvm rn pe ret
    retired usa usn usaf usmc obe cbe mbe kbe dbe kcmg gcmg cmg kcvo kcb gcb cb qc kc mp mep pc
    msc ma ba bsc fca aca fsa asa cams crpc cisa
    """)
)
PARTICLES = frozenset(
    str.split("""
    de del della der den di da dos das du la le las los van von vander ten ter bin ibn bint al
    el st san santa mac mc zu af do dal vom zum zur abu bent
    """)
)
# Who comes along is not named by that: "Admiral Mullen and spouse" is the admiral.
COMPANY = frozenset(
    str.split("""
    spouse wife husband family guest guests party staff delegation children child daughter
    daughters son sons his her their and accompanying two three four five six seven eight members
    member
    """)
)
# After "of" and "to" these are where somebody holds an office, and no name.
PLACES = frozenset(
    str.split("""
    republic kingdom peoples democratic islamic federal socialist sultanate emirates arab
    federation commonwealth union hashemite bolivarian hellenic russian french swiss state states
    united north south east west new central saint city
    afghanistan albania algeria andorra angola antigua barbuda argentina armenia australia austria
    azerbaijan bahamas bahrain bangladesh barbados belarus belgium belize benin bhutan bolivia
    bosnia herzegovina botswana brazil britain brunei bulgaria burkina faso burundi cambodia
    cameroon canada cape verde chad chile china colombia comoros congo costa rica croatia cuba
    cyprus czech denmark djibouti dominica dominican ecuador egypt el salvador eritrea estonia
    ethiopia fiji finland france gabon gambia georgia germany ghana great greece grenada guatemala
    guinea guyana haiti honduras hungary iceland india indonesia iran iraq ireland israel italy
    ivory coast jamaica japan jordan kazakhstan kenya korea kosovo kuwait kyrgyz kyrgyzstan laos
    latvia lebanon lesotho liberia libya liechtenstein lithuania luxembourg macedonia madagascar
    malawi malaysia maldives mali malta mauritania mauritius mexico micronesia moldova monaco
    mongolia montenegro morocco mozambique namibia nauru nepal netherlands zealand nicaragua niger
    nigeria norway oman pakistan palau panama papua paraguay peru philippines poland portugal
    qatar romania russia rwanda samoa saudi arabia senegal serbia seychelles sierra leone
    singapore slovakia slovenia solomon islands somalia africa spain sri lanka sudan suriname
    swaziland sweden switzerland syria taiwan tajikistan tanzania thailand timor togo tonga
    trinidad tobago tunisia turkey turkmenistan tuvalu uganda ukraine uruguay uzbekistan vanuatu
    venezuela vietnam yemen zambia zimbabwe
    alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho
    illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan
    minnesota mississippi missouri montana nebraska nevada hampshire jersey york carolina dakota
    ohio oklahoma oregon pennsylvania rhode island tennessee texas utah vermont virginia
    washington wisconsin wyoming
    finance labor labour health education energy interior justice trade war culture tourism
    environment housing urban development science technology planning communications information
    human services industry
    """)
)
