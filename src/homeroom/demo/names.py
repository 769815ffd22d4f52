"""Which words is a made-up district built from?

Given names are common ones from many places, family names are invented; no combination is meant to be a person. Each
has a handle, its plain-letter form for usernames. The odd ones are here on purpose: accents (also as combining marks),
apostrophes of both kinds, hyphens, spaces, right-to-left scripts, the joiners and direction marks that real names use.
"""

from __future__ import annotations

_PLAIN_GIVEN = """
    Amara Aroha Beatriz Bruno Caio Chidi Daria Desta Eero Esme Farid Freya Gita Goran Hana Hugo Ines Ivo Jamal
    Juna Kaya Kofi Lucia Liko Malik Mei Nadia Noor Odette Otis Paloma Pavel Quinn Rafi Rosa Samir Suki Tala
    Tomas Uma Viggo Winona Wren Ximena Yara Yusuf Zadie Zuri
"""
_ODD_GIVEN = {
    "André": "andre",
    "Björk": "bjork",
    "Chloé": "chloe",
    "Đức": "duc",
    "François": "francois",
    "Gülşen": "gulsen",
    "Håkon": "hakon",
    "İpek": "ipek",
    "José": "jose",
    "Květa": "kveta",
    "Łucja": "lucja",
    "Maëlle": "maelle",
    "Nuño": "nuno",
    "Siân": "sian",
    "Þóra": "thora",
    "Zoe\u0308": "zoe",
    "Anne-Lise": "annelise",
    "Mary Jo": "maryjo",
    "Ka\u02bbiulani": "kaiulani",
    "D’Shawn": "dshawn",
    "Ta'Nia": "tania",
    "محمد": "muhammad",
    "ليلى": "layla",
    "נועה": "noa",
    "אורי\u200f": "ori",
    "ماه\u200cبانو": "mahbanu",
    "ශ\u0dca\u200dරියා": "shriya",
    "क\u094d\u200dषमा": "kshama",
    "สุดา": "suda",
    "美玲": "meiling",
    "さくら": "sakura",
    "지우": "jiwoo",
    "Олена": "olena",
    "Ελένη": "eleni",
    "Նարե": "nare",
}
_ODD_FAMILY = {
    "Okonbrell": "okonbrell",
    "Vasquelar": "vasquelar",
    "Takamiru": "takamiru",
    "Mbalundo": "mbalundo",
    "Kowalmira": "kowalmira",
    "Singhara": "singhara",
    "Peñaluz": "penaluz",
    "Brûlecœur": "brulecoeur",
    "Grünmoos": "grunmoos",
    "Øystervik": "oystervik",
    "Świetlik-Brzoza": "swietlikbrzoza",
    "Çiçekova": "cicekova",
    "Nguyễn-Lark": "nguyenlark",
    "Žluťák": "zlutak",
    "O'Brindle": "obrindle",
    "O’Fallowmoor": "ofallowmoor",
    "D'Arbrenoir": "darbrenoir",
    "N'Guelara": "nguelara",
    "van der Mosch": "vandermosch",
    "de la Fuentecilla": "delafuentecilla",
    "St. Wisp": "stwisp",
    "Ka\u02bbahumoana": "kaahumoana",
    "Pebblethwaite-Osei": "pebblethwaiteosei",
    "Muñoz-Quillon": "munozquillon",
    "نیک\u200cپندار": "nikpendar",
    "الزعتري": "alzaatari",
    "בן־אלונית": "benalonit",
    "林野原": "linyeyuan",
    "Береговик": "berehovyk",
    "Δεντράκης": "dentrakis",
}
_FAMILY_FIRST = """
    Amber Bramble Copper Dandel Ember Fennel Gorse Hazel Indigo Juniper Kestrel Larch Marrow Nettle Otter
    Pebble Quill Russet Sorrel Thistle Umber Velvet Willow Yarrow
"""
_FAMILY_SECOND = """
    bank bell bloom brook by croft dale down feather gate hollow lark latch leaf mere mint moss ridge song
    thwaite wick wisp
"""
_INVENTED = tuple(first + second for second in _FAMILY_SECOND.split() for first in _FAMILY_FIRST.split())

#: Given and family names, and at the same place in the tuple beside it their handles.
GIVEN = (*_PLAIN_GIVEN.split(), *_ODD_GIVEN)
GIVEN_HANDLES = (*_PLAIN_GIVEN.lower().split(), *_ODD_GIVEN.values())
# Each odd name nine times, so that a third of the people have one.
FAMILY = (*_INVENTED, *(list(_ODD_FAMILY) * 9))
FAMILY_HANDLES = (*(name.lower() for name in _INVENTED), *(list(_ODD_FAMILY.values()) * 9))
MIDDLE = ("Ash", "Bay", "Clover", "Dawn", "Élan", "Fern", "Glen", "Jo", "Lake", "Maple", "Noël", "River", "Sky", "Vale")
PRONOUNS = ("she/her", "he/him", "they/them", "ze/hir")

DISTRICT = "Larkspur Valley Unified School District"
DOMAIN = "larkspur.example"
_SCHOOL_FIRST = """
    Amber Birdsong Cedar Copper Dragonfly Evergreen Foxglove Granite Harvest Ivory Jasper Kettle Lantern
    Meadow Niño Orchard Prairie Quarry Redwing Saffron Tamarack Umbra Violet Windmill Yellow Zephyr Alder
    Heron Cobalt Driftwood Élan
"""
_SCHOOL_SECOND = """
    Acres Arbor Bay Bend Bluff Bridge Brook Canyon Cove Creek Crossing Dunes Falls Fields Flats Gap Garden
    Glen Grove Harbor Heights Hill Hollow Island Junction Knoll Lagoon Lake Landing Mesa Mill Moor Oaks Pass
    Point Pond Ridge River Rock Shore Summit Trail Woods
"""
#: Thirty-one and forty-three words, both prime: stepping through both at once meets every pair before one comes again.
SCHOOL_FIRST = tuple(_SCHOOL_FIRST.split())
SCHOOL_SECOND = tuple(_SCHOOL_SECOND.split())
#: By level: elementary, middle, high, all grades.
SCHOOL_KIND = ("Elementary School", "Middle School", "High School", "Academy")
CITIES = ("Larkspur", "Old Mill", "Copperton", "Saint-Élan", "Quillwater", "Nueva Vega", "Thistle Bay", "Umber Falls")
STATES = ("AZ", "CA", "IL", "MN", "NM", "NY", "OR", "TX", "VT", "WA")

#: The CEDS grades that the district teaches.
GRADES = ("KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
#: What is taught: title, code, and the subjects and subject codes (SCED areas) as OneRoster's comma lists.
SUBJECTS = (
    ("Homeroom", "HR", "Miscellaneous", "22"),
    ("Mathematics", "MATH", "Mathematics", "02"),
    ("Language Arts", "ELA", "English Language and Literature", "01"),
    ("Science", "SCI", "Life and Physical Sciences", "03"),
    ("Social Studies", "SOC", "Social Sciences and History", "04"),
    ("Physical Education", "PE", "Physical Health and Safety Education", "08"),
    ("Robots & Numbers", "STEM", "Mathematics,Computer and Information Sciences", "02,10"),
    ("Spanish – Español", "SPA", "World Languages", "24"),
    ("Health", "HLTH", "Health Care Sciences", "14"),
    ("Reading, Writing, Telling", "READ", "English Language and Literature", "01"),
    ("Garden Science", "GARD", "Life and Physical Sciences,Agriculture", "03,18"),
    ('Stage "Lark" and Music', "ARTS", "Fine and Performing Arts,Communication", "05,11"),
)
#: The subject whose courses belong to the school that teaches them; the other courses belong to the district.
ELECTIVE = 4
