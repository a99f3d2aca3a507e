"""terminal.py: sourced by cases: the program at a terminal of its own, and beside it without one.

    alice = Terminal("run", "out")     alice.until("y/N")     alice.types("y\n")     print(alice.ends())
    Terminal("run", "out", background=True) as a job that has not the line: what is typed there is another's
    beside("approve", "A1", by="bob")  another process; answers its status, and prints what it says
"""
import os, pty, re, select, signal, subprocess, sys, time

PROG = os.environ["PROG"]
os.environ.pop("TOCSIN_HOME", None)
PATIENCE = 60  # seconds; whoever waits longer waits for something that does not come


def plain(text):  # without the times of this day
    text = re.sub(r"\r", "", text)
    text = re.sub(r"INC-\d{4}-\d+  \d\d:\d\d UTC  ", "", text)
    text = re.sub(r"(?m)^\d\d:\d\d:\d\d  ", "", text)
    text = re.sub(r"(no at|answered by) \d\d:\d\d", r"\1 HH:MM", text)
    return re.sub(r"\d+ s ago", "just now", text)


class Terminal:
    def __init__(self, *words, by="alice", background=False):
        self.said = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TOCSIN_BY"] = by
            job = os.fork() if background else 0
            if job:
                os._exit(os.waitstatus_to_exitcode(os.waitpid(job, 0)[1]))
            if background:
                os.setpgid(0, 0)
            os.execv(PROG, [PROG, *words])
        os.set_inheritable(self.fd, False)  # else the next terminal would keep this one's line open

    def read(self):
        ready, _, _ = select.select([self.fd], [], [], PATIENCE)
        try:
            more = os.read(self.fd, 4096).decode(errors="replace") if ready else ""
        except OSError:
            more = ""
        self.said += more
        return more != ""

    def until(self, what, times=1):
        while self.said.count(what) < times:
            if not self.read():
                print(f"never said '{what}', but: {self.said}")
                sys.exit(1)

    def types(self, text):
        os.write(self.fd, text.encode())

    def ends(self):  # its status
        while self.read():
            pass
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return status

    def is_lost(self):  # the line is cut; its status
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def signal(self, number):
        os.kill(self.pid, number)


def beside(*words, by="bob", show=True):
    done = subprocess.run([PROG, *words], env={**os.environ, "TOCSIN_BY": by}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if show:
        print(f"$ {by}: {' '.join(words)}\n{plain(done.stdout)}status {done.returncode}")
    return done.returncode


def workspace(configuration, **runbooks):
    with open("tocsin.yaml", "w") as f:
        f.write(configuration)
    os.makedirs("runbooks", exist_ok=True)
    for name, steps in runbooks.items():
        with open(f"runbooks/{name}.lua", "w") as f:
            f.write('return runbook { summary = "A test", params = { n = { type = "integer" } }, '
                    f"steps = function(p)\n{steps}\nend }}\n")
    beside("open", "a test", by="alice", show=False)
