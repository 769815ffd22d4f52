"""What does it cost to fetch all pages of a provider one after the other and to parse them, and nothing more?"""

import http.client
import json
import sys
from urllib.parse import urlsplit

from homeroom.demo.provider_access import TOKEN

COLLECTIONS = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments")
LIMIT = 10_000

base = urlsplit(sys.argv[1])
provider = http.client.HTTPConnection(base.netloc)
for collection in COLLECTIONS:
    offset = 0
    while True:
        path = f"{base.path}/{collection}?limit={LIMIT}&offset={offset}"
        provider.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
        records = json.loads(provider.getresponse().read())[collection]
        offset += len(records)
        if not records:
            break
