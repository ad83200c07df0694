"""Given names that are written in several ways: from other letters, or in other languages.

The package `nicknames` knows English short forms; here is what it does not. Each line is one name,
in its most frequent writing first; such names are forms of one as Jon and Jonathan are.
"""

_ONE_NAME = """
mohammed muhammad mohamed mohammad muhammed mohamad mohamud mahomet mehmet muhamed
ahmed ahmad ahmet akhmed
abdullah abdallah abdulla abdoulaye
abdulrahman abdelrahman abdurrahman
abdulaziz abdelaziz abdalaziz
khalid khaled haled
omar umar omer
yusuf youssef yousef yousuf youssouf joseph yosef josef jose giuseppe josip jozef jozsef
hassan hasan
hussein husain hussain husayn hossein huseyin
ibrahim ebrahim abraham ibraheem
mustafa moustafa mostafa
faisal faysal feisal
tariq tarek tareq tarik
rashid rasheed rachid
nasser nasir naser
karim kareem
jamal gamal jamaal djamal
saud saoud
saeed said
salim saleem
samir sameer
walid waleed
jaber jabir gaber
khalifa khalifah
hosni husni
qasim kassem qassem kasim
ali aly
fatima fatimah fatma
aisha aysha ayesha aicha
layla leila laila leyla
mariam maryam miriam mary maria marie
noor nour nur
sergey sergei
dmitry dmitri dmitriy dimitri dmitrii
alexey alexei aleksey aleksei
yuri yury iouri yuriy jurij
mikhail michail michael miguel michel mihail
nikolay nikolai nicholas nicolas nikolaus
evgeny yevgeny evgeni evgeniy eugene
andrey andrei andrew andres andreas andre
alexander aleksandr alexandr aleksander alejandro alexandre alessandro oleksandr
vladimir wladimir volodymyr
natalia natalya nataliya natalie
tatiana tatyana tatjana
ekaterina yekaterina katerina catherine katherine caterina
yulia julia yuliya julija
yelena elena helena helen
vasily vasili vassily vasiliy basil
grigory grigori gregory
ilya ilia
igor ihor
oleg oleh
peter pedro pierre pyotr petr piotr pietro pieter
paul pablo paolo pavel pawel
john juan johann giovanni ivan jan joao johannes
george jorge georg giorgio georges
william guillermo wilhelm guillaume willem
james jaime jacques diego santiago giacomo
charles carlos karl carlo karel
francis francisco francois francesco franz
anthony antonio antoine anton
louis luis luigi ludwig lewis
henry enrique henri heinrich enrico hendrik
philip felipe philippe filippo philipp
stephen steven esteban etienne stefan stefano stephane stepan
thomas tomas tommaso
matthew mateo mathieu matthias matteo
frederick federico frederic friedrich
edward eduardo edouard eduard
robert roberto
richard ricardo riccardo
elizabeth isabel elisabeth elisabetta
margaret margarita marguerite margarete
anne ana anna
"""
_FULL: dict[str, frozenset[str]] = {}
for _line in _ONE_NAME.split("\n"):
    for _word in _line.split():
        _FULL[_word] = _FULL.get(_word, frozenset()) | {_line.split()[0]}


def one_name(written: str) -> frozenset[str]:
    """Return the usual writings of a given name, where it has several."""
    return _FULL.get(written, frozenset())
