"""What Seawall would have found out about accounts, one in fifty of which is of a campaign, as actions for Osprey.

    python3 accounts.py 20000 > accounts.jsonl
"""

import json
import random
import sys

random.seed(5)
for number in range(int(sys.argv[1])):
    member = number % 50 == 0
    data = {
        "account": f"account-{number}",
        "membership": {"bound": member, "bits": random.uniform(9.5, 14.5) if member else 0.0},
        "campaign": {"bits": 12.0 if member else 0.0, "accounts": 100 if member else 0},
        "indicators": {"count": 0},
        "provisional": {"families": 0, "bits": 0.0},
        "account_trusted": False,
        "model": {"over": False},
    }
    print(json.dumps({"id": number, "name": "signup", "data": data}))
