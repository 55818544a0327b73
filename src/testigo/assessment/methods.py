"""The methods of an assessment: what each assumes, where it was seen to find nothing, and where it comes from."""

from types import MappingProxyType

from testigo.assessment.claims import Layer, Method

GENUINE = "The sheets are genuine and say what was counted at the stations; the arithmetic does not test that."


def _method(name: str, layer: Layer, title: str, assumption: str, control: str, source: str) -> tuple[str, Method]:
    return name, Method(name, layer, title, assumption, control, source)


METHODS = MappingProxyType(
    dict(
        (
            _method(
                "standing",
                "arithmetic",
                "Who leads",
                GENUINE,
                "With nothing counted nobody leads.",
                "Sum of the counted stations.",
            ),
            _method(
                "certainty",
                "arithmetic",
                "Can it still flip?",
                "The sheets are genuine and the number of registered voters is right; nobody votes twice. A turnout "
                "below 100% is an assumption of its own and is told as one.",
                "A lead that was certain stayed when the other stations were added, in every simulated election.",
                "Worst case over the missing stations; MOE Colombia, August 2024; Carter Center, February 2025.",
            ),
            _method(
                "coverage",
                "arithmetic",
                "What is counted, area by area",
                "None: it counts. Where nobody knows how many stations an area has, that is said.",
                "With all stations counted every area is full.",
                "Counted stations against those that the register lists.",
            ),
            _method(
                "curve",
                "arithmetic",
                "When it became certain",
                "The order of arrival is drawn at random from the public seed, or is that of the sealed batches.",
                "Before the first sheet nothing is certain.",
                "The worst case, worked out after every sheet.",
            ),
            _method(
                "areas",
                "arithmetic",
                "Which areas can still flip",
                "The register lists every station of the area with its voters; else nothing is claimed.",
                "With half of the stations taken away at random almost no area is certain.",
                "The worst case, area by area.",
            ),
            _method(
                "inside",
                "arithmetic",
                "Votes that a bulletin must contain",
                "The bulletin covers the share of the stations that it names; it may leave out those stations "
                "that suit the choice best.",
                "The true totals of a random part of the stations are compatible with it.",
                "Sum of all documented votes without the largest of as many stations as may be left out.",
            ),
            _method(
                "needed",
                "arithmetic",
                "Votes needed from undocumented stations",
                "The documented sheets are genuine; the bulletin's total is what it says.",
                "The true totals need no more votes than are left.",
                "Announced less documented votes, against the votes that the announced total leaves.",
            ),
            _method(
                "certificate",
                "arithmetic",
                "The least number of votes that must be wrong",
                "The documented sheets are genuine; any of them may be outside the bulletin; the undocumented stations "
                "hold no more votes than registered voters times the turnout assumed.",
                "0 for the true totals of a random 80% of the stations.",
                "Linear programme; its optimum is a lower bound, whatever stations are inside. Solver: HiGHS.",
            ),
            _method(
                "hygiene",
                "arithmetic",
                "A bulletin against itself",
                "None: only the bulletin's own figures.",
                "Shares that were rounded or cut from the votes agree with them.",
                "Shares worked out anew; figures of a later bulletin against those of an earlier one.",
            ),
            _method(
                "percent-first",
                "arithmetic",
                "Were the votes worked out from percentages?",
                "The probability is that of figures spread evenly over all that add up to the same total.",
                "No area of the documented totals shows it.",
                "Exact count of the grid; A. Gelman, 31 July 2024; T. Tao, 2 August 2024.",
            ),
            _method(
                "audit-size",
                "design",
                "How many sheets an audit needs",
                "Stations are drawn with a probability proportional to what they can hide, from a seed that is made "
                "public after the figures.",
                "With a wrong outcome an audit ends in at most 5 of 100 simulations.",
                "Kaplan–Markov: Stark 2009; capped bets: Waudby-Smith, Stark, Ramdas 2021.",
            ),
            _method(
                "agreement",
                "design",
                "How far transcriptions agree",
                "The transcriptions were made independently of each other; an error that both make alike is not seen.",
                "Two copies of one table agree everywhere.",
                "Exact matches with Clopper–Pearson intervals.",
            ),
            _method(
                "estimate",
                "model",
                "The result if missing stations are like those that arrived",
                "Within each cell the missing stations vote like the collected ones. Nothing tests that from inside.",
                "On complete results with stations taken away at random the interval covers the truth as often as it "
                "says.",
                "Ratio estimator by cell, stations of one centre taken together: Cochran 1977, chapters 6 and 9.",
            ),
            _method(
                "sensitivity",
                "model",
                "The result for other assumptions about the missing stations",
                "The missing stations are as large as the mean collected one, and vote as the row says.",
                "With nothing missing all rows are the same.",
                "Pattern mixture.",
            ),
            _method(
                "late",
                "model",
                "Are late sheets like early ones?",
                "None: it describes. A difference says that what arrived is not a random part of all.",
                "Stations parted at random do not differ.",
                "Difference of ratios, stations of one centre taken together.",
            ),
            _method(
                "reliability",
                "model",
                "How reliable each transcription is",
                "Transcriptions err independently of each other; what all of them miss alike is not seen.",
                "Simulated keyers get their own error rates back.",
                "One-coin model of Dawid and Skene 1979.",
            ),
            _method(
                "homogeneity",
                "screen",
                "Stations of one centre against each other",
                "Voters of a centre are given to its stations by chance.",
                "",
                "Chi-squared within centres over its degrees of freedom; single stations with Bonferroni's bound.",
            ),
            _method(
                "lattice",
                "screen",
                "Too many whole percentages",
                "Each station's votes scatter binomially around its own share.",
                "",
                "Kobak, Shpilkin, Pshenichnikov 2016, worked out exactly and against shifted lattices.",
            ),
            _method(
                "last-digit",
                "screen",
                "Last digits against a smoothed histogram",
                "Neighbouring counts are about equally frequent.",
                "",
                "Kernel-smoothed expectation; not the uniform one, which is wrong for small counts.",
            ),
            _method(
                "duplicates",
                "screen",
                "Stations with the same figures for every choice",
                "Large stations rarely have the same figures for every choice.",
                "",
                "Identical vectors.",
            ),
            _method(
                "jump",
                "screen",
                "Stations just beside a tie",
                "Near a tie either side is about equally frequent.",
                "",
                "Counts on either side of equality, exact binomial.",
            ),
            _method(
                "fingerprint",
                "screen",
                "Turnout and share of every station",
                "None: a picture, not a test.",
                "",
                "Klimek, Yegorov, Hanel, Thurner 2012 drew it first.",
            ),
        )
    )
)
"""Every method by its name, in the order of the layers."""
