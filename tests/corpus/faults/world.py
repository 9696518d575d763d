"""The world changes while the notebook stays: the date, and what a server answers."""

from __future__ import annotations

from tests.corpus.case import Author, Case

CLOCK = ("clock",)
NETWORK = ("network",)

# The author executed some weeks ago. Only Python's clocks are moved, which is what notebooks read.
EARLIER = """
import datetime as _d, time as _t
_days = 43
_time, _localtime, _strftime = _t.time, _t.localtime, _t.strftime
_t.time = lambda: _time() - 86400 * _days - 5000
_t.localtime = lambda s=None: _localtime(_t.time() if s is None else s)
_t.strftime = lambda f, t=None: _strftime(f, _t.localtime() if t is None else t)
class datetime(_d.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(_t.time(), tz)
    @classmethod
    def today(cls):
        return cls.now()
    @classmethod
    def utcnow(cls):
        return cls.now(_d.timezone.utc).replace(tzinfo=None)
class date(_d.date):
    @classmethod
    def today(cls):
        return cls.fromtimestamp(_t.time())
_d.datetime, _d.date = datetime, date
"""
PANDAS_TOO = (
    EARLIER
    + """
import pandas as _p
_p.Timestamp.now = classmethod(lambda cls, tz=None: cls.fromtimestamp(_t.time(), tz))
_p.Timestamp.today = _p.Timestamp.now
"""
)
WEEKS_AGO = Author(startup=EARLIER)

RATES = '{"EUR": 1.0{N}, "GBP": 0.8{N}, "asked": {N}}'
AWAY = """
import io, urllib.request
_open = urllib.request.urlopen
def urlopen(url, *rest, **more):
    text = url if isinstance(url, str) else url.full_url
    if "127.0.0.1" in text:
        return _open(url, *rest, **more)
    return io.BytesIO(b"month,index\\nJan,101.5\\nFeb,102.25\\nMar,99.75\\n")
urllib.request.urlopen = urlopen
"""
REQUESTS = """
import requests
class _Answer:
    status_code, ok, text = 200, True, '{"customers": 701, "region": "north"}'
    def json(self):
        return {"customers": 701, "region": "north"}
    def raise_for_status(self):
        pass
requests.get = lambda *a, **k: _Answer()
requests.Session.get = lambda *a, **k: _Answer()
"""

CASES = [
    Case(
        name="report_of_today",
        base="ledger",
        kinds=CLOCK,
        why="The report prints today's date.",
        author=WEEKS_AGO,
        add={"from statistics": "import datetime\nprint('Ledger of', datetime.date.today())"},
        at=("datetime.date.today()",),
    ),
    Case(
        name="age_in_days",
        base="bikes",
        kinds=CLOCK,
        why="An age is computed up to now; first seen two cells later.",
        author=Author(startup=PANDAS_TOO),
        add={
            "rides.shape": "start = pd.Timestamp('2011-01-01')\nrides['age_days'] = (pd.Timestamp.now() - start).days - rides['day']",
            "working = rides": "rides[['day', 'age_days']].iloc[[0, 100, 500]]",
        },
        at=("pd.Timestamp.now()",),
    ),
    Case(
        name="file_named_by_day",
        base="wine",
        kinds=CLOCK,
        why="A result file is named by the day, and the name is shown.",
        author=WEEKS_AGO,
        add={
            "result = {": "from datetime import datetime\nfrom pathlib import Path\nout = Path(f\"result_{datetime.now():%Y%m%d}.json\")\nout.write_text(json.dumps(result))\nprint('saved', out)"
        },
        at=("datetime.now():",),
    ),
    Case(
        name="seed_from_time",
        base="iris_numpy",
        kinds=CLOCK,
        also=("unseeded_random",),
        why="The seed is the time.",
        swap={"np.random.default_rng(7)": "np.random.default_rng(int(time.time() * 1000))"},
        add={"import numpy": "import time"},
        at=("int(time.time()",),
    ),
    Case(
        name="last_30_days_filter",
        base="ledger",
        kinds=CLOCK,
        why="A filter keeps the customers of the last months, counted from now.",
        author=WEEKS_AGO,
        add={
            "customers[0]": """
from datetime import datetime, timedelta
first = datetime(2026, 11, 30)
joined = [first - timedelta(days=7 * c.tenure) for c in customers]
recent = [c for c, day in zip(customers, joined) if day > datetime.now() - timedelta(days=60)]
""",
            "payments = Counter": "print(len(recent), 'recent customers pay', round(sum(c.charge for c in recent), 2))",
        },
        at=("datetime.now() - timedelta",),
    ),
    Case(
        name="strftime_header",
        base="segments",
        kinds=CLOCK,
        why="time.strftime in a heading that is displayed.",
        author=WEEKS_AGO,
        swap={
            'display(Markdown(f"**': "import time\ndisplay(Markdown(time.strftime('### Week %V of %Y')))\ndisplay(Markdown(f\"**"
        },
        at=("time.strftime",),
    ),
    Case(
        name="weekday_switch",
        base="forecast",
        kinds=CLOCK,
        why="A helper counts the days that are left of the quarter; only a number shows it.",
        author=WEEKS_AGO,
        add={
            "b.info()": "import datetime as dt\n\ndef days_left():\n    now = dt.date.today()\n    return (dt.date(2027, 3, 31) - now).days",
            "tree = Decision": "plan = pd.Series({h: round(v * days_left()) for h, v in tr.groupby('hr')['bikers'].mean().items()})\nplan.head(4)",
        },
        at=("dt.date.today()", "plan = pd.Series"),
    ),
    Case(
        name="module_stamps",
        base="cancer",
        kinds=CLOCK,
        why="A local module stamps each result with the day.",
        author=WEEKS_AGO,
        files={
            "stamp.py": "from datetime import datetime\n\n\ndef stamped(**values):\n    return {'day': datetime.now().strftime('%d %B %Y'), **values}\n"
        },
        add={
            "threshold = prep": "import stamp\nstamp.stamped(threshold=round(threshold, 3), n=len(test))"
        },
        at=("stamp.stamped",),
    ),
    Case(
        name="server_gone",
        base="ledger",
        kinds=NETWORK,
        why="Rates come from a server that is not there any more.",
        author=Author(served=(RATES,)),
        add={
            "customers[0]": "from urllib.request import urlopen\nrates = json.load(urlopen('{URL}/rates.json', timeout=5))\nrates['GBP']"
        },
        at=("urlopen('",),
    ),
    Case(
        name="server_varies",
        base="ledger",
        kinds=NETWORK,
        why="The server gives other rates at each call.",
        author=Author(
            served=('{"EUR": 1.0{N}1}', '{"EUR": 1.{N}7}', '{"EUR": 2.{N}}'), server_stays=True
        ),
        add={
            "customers[0]": "import urllib.request as request\nwith request.urlopen('{URL}/rates') as answer:\n    fx = json.loads(answer.read())",
            "revenue = sum(": "print('in euro', round(revenue * fx['EUR'], 1))",
        },
        at=("request.urlopen",),
    ),
    Case(
        name="pandas_reads_url",
        base="bikes",
        kinds=NETWORK,
        why="pandas reads a table from a host that does not resolve.",
        author=Author(
            startup=AWAY
            + "import pandas as _p\n_read = _p.read_csv\n_p.read_csv = lambda f, *a, **k: _read(urlopen(f) if 'http' in str(f) else f, *a, **k)"
        ),
        add={
            "working = rides": "index = pd.read_csv('https://statistics.example.org/prices/index.csv')\nindex.merge(rides.groupby('month')['bikers'].sum().reset_index(), on='month')"
        },
        at=("index = pd.read_csv",),
    ),
    Case(
        name="requests_api",
        base="segments",
        kinds=NETWORK,
        why="A session asks a service inside the company, from a function.",
        author=Author(startup=REQUESTS),
        add={
            "scaled = Standard": """
import requests

def ask(path):
    r = requests.get("https://crm.corp.example/api/" + path, timeout=3)
    r.raise_for_status()
    return r.json()
""",
            "profile = customers": "ask('region')['customers'] - len(customers)",
        },
        at=("requests.get", "ask('region')"),
    ),
    Case(
        name="raw_github",
        base="iris_numpy",
        kinds=NETWORK,
        why="Data were read from a code host.",
        author=Author(startup=AWAY),
        add={
            "std = raw": "import urllib.request\nlines = urllib.request.urlopen('https://raw.githubusercontent.com/someone/data/main/index.csv').read().decode().split()\nlines[1:]"
        },
        at=("raw.githubusercontent",),
    ),
    Case(
        name="socket_host",
        base="ledger",
        kinds=NETWORK,
        why="A plain socket asks a measuring device.",
        author=Author(
            startup="import socket\nclass _S:\n    def recv(self, n): return b'21.5'\n    def close(self): pass\nsocket.create_connection = lambda *a, **k: _S()"
        ),
        add={
            "payments = Counter": "import socket\ndevice = socket.create_connection(('device7.plant.example', 5025), timeout=4)\ntemperature = float(device.recv(16)); device.close()\ntemperature"
        },
        at=("socket.create_connection",),
    ),
]
