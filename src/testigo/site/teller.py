"""How an assessment's claims are told in one language: names, numbers, and the plain sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from testigo.assessment.claims import Sentence, Value
from testigo.core.election import Election
from testigo.site.numbers import Numbers


@dataclass(frozen=True)
class Teller:
    """One election in one language. `gettext` and `ngettext` give the words, `numbers` how they are written."""

    election: Election
    collections: Mapping[str, str]
    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    numbers: Numbers

    def _(self, text: str, **values: object) -> str:
        """The text in the language of the page, its gaps filled."""
        return self.gettext(text) % values if values else self.gettext(text)

    def whole(self, value: Value) -> str:
        """A whole number; a dash where it is not known."""
        return self.numbers.whole(value) if isinstance(value, int) else "–"

    def signed(self, value: Value) -> str:
        """A difference with its sign."""
        return self.numbers.signed(value) if isinstance(value, int) else "–"

    def percent(self, value: Value, decimals: int = 2) -> str:
        """A fraction of 1 as a percentage, rounded half up; a dash where it is not known."""
        return f"{self.number(100 * value, decimals)}%" if isinstance(value, int | float) else "–"

    def number(self, value: Value, decimals: int) -> str:
        """A number with so many decimals, rounded half up; a dash where it is not known."""
        return self.numbers.rounded(value, decimals) if isinstance(value, int | float) else "–"

    def choice(self, value: Value) -> str:
        """The name of a choice; the text itself where it is the name of a group that was announced."""
        names: dict[str, str] = {
            choice.id: choice.name for contest in self.election.contests for choice in contest.choices
        }
        return names.get(str(value), str(value))

    def collection(self, value: Value) -> str:
        """The name of a collection of figures."""
        if value == "accepted":
            return self._("What is accepted and counted")
        if value == "photo":
            return self._("Read from photos")
        return self.collections.get(str(value), str(value))

    def bulletin(self, value: Value) -> str:
        """The name of an announced result."""
        return next((one.name for one in self.election.announced if one.id == value), str(value))

    def sentence(self, sentence: Sentence) -> str:
        """A sentence of the summary."""
        values = sentence.values
        told = {
            "leader": self.choice(values.get("leader")),
            "rival": self.choice(values.get("rival")),
            "choice": self.choice(values.get("choice")),
            "bulletin": self.bulletin(values.get("bulletin")),
            "here": self.collection(values.get("here")),
            "there": self.collection(values.get("there")),
            "step": self._step(values.get("decimals")),
            **{key: self.whole(value) for key, value in values.items() if isinstance(value, int)},
            **{key: self.percent(value) for key, value in values.items() if isinstance(value, float)},
        }
        return self._wording(sentence.wording) % told

    def _step(self, decimals: Value) -> str:
        """The step of percentages with so many decimals: 0.1% for one."""
        return self.percent(0.01 / 10**decimals, decimals) if isinstance(decimals, int) else ""

    def _wording(self, name: str) -> str:
        _ = self.gettext
        return {
            "nothing": _("No station is counted yet, so nothing is claimed."),
            "tie-open": _("With no choice ahead, any missing station could decide."),
            "tie": _("In the %(stations)s stations counted no choice leads alone."),
            "lead": _("In the %(stations)s stations counted %(leader)s leads %(rival)s by %(lead)s votes."),
            "certain": _(
                "It cannot flip: if all %(missing)s registered voters of the missing stations had voted for %(rival)s, "
                "%(leader)s would still lead by %(slack)s votes."
            ),
            "open": _(
                "It can still flip: %(share_needed)s of the %(missing)s registered voters of the missing stations "
                "would have to vote for %(rival)s and nobody there for %(leader)s."
            ),
            "complete": _("No station is missing, so no missing station can change who leads."),
            "frame-unknown": _(
                "Whether it can still flip is not known: nobody says how many voters the missing stations have."
            ),
            "inside": _(
                "“%(bulletin)s” says that it covers %(coverage)s of the stations; then it must contain at least "
                "%(rounded_least)s votes for %(choice)s. It announced %(announced)s. Both cannot be true."
            ),
            "inside-fits": _(
                "“%(bulletin)s” can contain the documented votes of every choice if it covers %(coverage)s of the "
                "stations."
            ),
            "needed": _(
                "For what “%(bulletin)s” announced for %(choice)s, %(needed)s votes must come from undocumented "
                "stations; by its own total %(limit)s votes are left for them. Both cannot be true."
            ),
            "needed-by-register": _(
                "For what “%(bulletin)s” announced for %(choice)s, %(needed)s votes must come from undocumented "
                "stations; they have at most %(limit)s registered voters. Both cannot be true."
            ),
            "needed-by-register-fits": _(
                "For what “%(bulletin)s” announced for %(choice)s, %(needed)s votes must come from undocumented "
                "stations; they have at most %(limit)s registered voters."
            ),
            "needed-fits": _(
                "For what “%(bulletin)s” announced for %(choice)s, %(needed)s votes must come from undocumented "
                "stations; by its own total %(limit)s votes are left for them."
            ),
            "certificate": _(
                "Whatever stations “%(bulletin)s” left out, at least %(least_wrong)s of its votes differ from what the "
                "sheets say."
            ),
            "certificate-fits": _(
                "There is a choice of stations with which “%(bulletin)s” and the sheets are both true."
            ),
            "percent-first": _(
                "The vote figures of “%(bulletin)s” were computed from percentages rounded to %(step)s: by "
                "chance one in %(one_in)s looks so. That does not say that the percentages are untrue."
            ),
            "sensitivity": _(
                "If the missing stations vote like those collected, %(leader)s has %(like_leader)s and %(rival)s "
                "%(like_rival)s; if nobody there votes for %(leader)s, %(none_leader)s and %(none_rival)s."
            ),
            "agreement": _(
                "Two transcriptions, “%(here)s” and “%(there)s”, differ at %(differ)s of the %(common)s stations that "
                "both have."
            ),
            "screens": _(
                "Screens mark %(flagged)s of %(tested)s stations to be looked at again; that alone says nothing about "
                "the election."
            ),
            "not-calibrated": _(
                "No screen is reported: none was calibrated on elections like this one (testigo calibrate)."
            ),
            "limits": _(
                "All this holds if the sheets are genuine; no arithmetic tests that. Look at the photos and at who "
                "signed them."
            ),
        }[name]
