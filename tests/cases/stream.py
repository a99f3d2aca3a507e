"""stream.py: sourced by cases: a stream and a parcel as another store may have written them (src/record/FORMAT.md).

    s = Stream()     h = s.event("note", {"text": "..."}, by="eve")     s.parcel("file")
"""
import hashlib, json

compact = dict(separators=(",", ":"), ensure_ascii=False)


class Stream:
    def __init__(self, id="0123456789abcdef" * 2):
        self.id, self.lines, self.previous = id, [], "0" * 64

    def event(self, kind, data, by="eve", uid="1000@elsewhere", at="2025-01-01T08:00:00.000Z"):
        body, salt = json.dumps(data, **compact), "%032x" % len(self.lines)
        front = json.dumps({"v": 1, "seq": len(self.lines) + 1, "at": at, "early_ms": 0, "late_ms": 0, "recorded": at,
                            "by": by, "uid": uid, "kind": kind,
                            "data_sha256": hashlib.sha256((salt + body).encode()).hexdigest()}, **compact)[:-1]
        self.previous = hashlib.sha256((self.previous + front).encode()).hexdigest()
        self.lines.append('%s,"hash":"%s","salt":"%s","data":%s}\n' % (front, self.previous, salt, body))
        return self.previous

    def bytes(self):
        return "".join(self.lines).encode()

    def name(self):
        return json.loads(self.lines[0])["hash"]

    def parcel(self, path):
        whole = self.bytes()
        with open(path, "wb") as f:
            f.write(json.dumps({"tocsin_parcel": 1, "id": self.id, "parts": 1}, **compact).encode() + b"\n")
            f.write(json.dumps({"part": "stream", "name": self.name(), "length": len(whole),
                                "sha256": hashlib.sha256(whole).hexdigest()}, **compact).encode() + b"\n" + whole + b"\n")
