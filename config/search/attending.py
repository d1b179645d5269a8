"""The search inside the key agent's process: threads that start the search process, load, follow changes, and keep.

A person who searches waits `PATIENCE` seconds at most, while the process is started again or people are being loaded;
then the page says so. Nobody is ever answered from people that could not be brought up to date: those are dropped.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from uuid import UUID

from django.db import connection

from ihala.audit import loading
from ihala.matching import keeping
from ihala.matching.asked import Asked
from ihala.matching.keeping import Away, Keeper
from ihala.matching.known import NotHeld

from .process import Process

logger = logging.getLogger("ihala.search")

PATIENCE = 5.0
LOOKS_EVERY = 0.2
IDLE = 2 * 3600.0
"""Seconds after which people nobody searches among are let go of."""
KEPT_EVERY = 600.0
"""Seconds between two snapshots of people that change; a snapshot that is older is brought up to date when loaded."""
COMPARED_EVERY = 300.0
"""Seconds after which everything is compared, in case a notification was lost."""
CHANNEL = "ihala_people"


class Attended(Keeper):
    """A keeper whose people are loaded and followed by threads of their own."""

    def __init__(self, process: Process) -> None:
        super().__init__(process, keeps=True)
        self.process = process
        self._wanted: queue.Queue[int] = queue.Queue()
        self._queued: set[int] = set()
        self.changed: dict[int, float] = {}
        """When an organisation's people first changed since its snapshot was written."""

    def find(self, organisation: int, asked: Asked, top: int) -> list[tuple[UUID, float, list[str]]]:
        """As `Keeper.find`; waits a while for a process that is starting and for people that are being loaded."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.found(organisation, asked, top)
            except NotHeld:
                self.want(organisation)
            except Away:
                pass
            if time.monotonic() > until:
                raise Away("not within patience")
            time.sleep(0.03)

    def want(self, organisation: int) -> None:
        """Have its people loaded, once however many ask."""
        if organisation not in self._queued:
            self._queued.add(organisation)
            self._wanted.put(organisation)

    def load_next(self) -> None:
        """Load what is wanted next; waits for it."""
        organisation = self._wanted.get()
        began = time.monotonic()
        try:
            self.load(organisation)
            logger.info("people of organisation %s loaded in %.1f s", organisation, time.monotonic() - began)
        finally:
            self._queued.discard(organisation)

    def followed(self, organisation: int, cases: set[UUID]) -> None:
        """Bring these cases up to date, or let go of everybody: nothing old is answered."""
        try:
            self.follow(organisation, cases)
            self.changed.setdefault(organisation, time.monotonic())
        except Away:
            return  # whoever comes after it loads everybody anew
        except Exception:
            self.drop(organisation)
            raise

    def compare_all(self) -> None:
        """Bring everybody in memory up to date; of a process that is away nobody is."""
        try:
            held = self.held()
        except Away:
            return
        for organisation in map(int, held):
            if self.compare(organisation):
                self.changed.setdefault(organisation, time.monotonic())

    def forget(self, organisation: int, case: UUID) -> None:
        """As `Keeper.forget`; the snapshot without the erased is written right after, by the attendant."""
        try:
            super().forget(organisation, case)
        except Away:
            self.process.kill()  # whoever comes after it knows nobody who was erased
        self.changed[organisation] = time.monotonic() - KEPT_EVERY

    def tidy(self) -> None:
        """Write snapshots that are due, let go of people nobody searches among."""
        present = time.monotonic()
        for organisation, since in list(self.changed.items()):
            if present - since >= KEPT_EVERY:
                self.changed.pop(organisation, None)
                if str(organisation) in self.held():
                    self.keep(organisation)
        for organisation, used in list(self.used.items()):
            if present - used > IDLE:
                self.drop(organisation)
                del self.used[organisation]

    def tend(self) -> None:
        """The process runs; one that was started just now loads whom its forerunner held, or whom a snapshot holds."""
        if self.process.tend():
            for organisation in {*self.used, *loading.kept()}:
                self.want(organisation)


def attend() -> Attended:
    """Start the search process and the threads that keep it; what the agent answers searches with from now on."""
    keeper = Attended(Process())
    keeping.use(keeper)

    def tend() -> None:
        keeper.tend()
        keeper.tidy()
        time.sleep(LOOKS_EVERY)

    for name, turn in {"tend": tend, "load": keeper.load_next, "follow": Listener(keeper).turn}.items():
        threading.Thread(target=for_ever, args=[turn], name=f"search-{name}", daemon=True).start()
    return keeper


def for_ever(turn: Callable[[], None]) -> None:
    """Turn after turn; whatever went wrong, the next may do better."""
    while True:
        try:
            turn()
        except Exception as error:
            logger.warning("keeping people for the search failed: %s", type(error).__name__)
            connection.close()
            time.sleep(0.5)


class Listener:
    """Hears which cases were written, on a connection of its own."""

    def __init__(self, keeper: Attended) -> None:
        self.keeper = keeper
        self.compared_at = 0.0

    def turn(self) -> None:
        """Listen for a moment; on a new connection, and now and then, compare everything."""
        new = connection.connection is None or connection.connection.closed
        if new:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
        if new or time.monotonic() - self.compared_at > COMPARED_EVERY:
            self.keeper.compare_all()
            self.compared_at = time.monotonic()
        heard: dict[int, set[UUID]] = {}
        for notice in connection.connection.notifies(timeout=0.25, stop_after=1):
            organisation, case = notice.payload.split(" ")
            heard.setdefault(int(organisation), set()).add(UUID(case))
        for organisation, cases in heard.items():
            self.keeper.followed(organisation, cases)
