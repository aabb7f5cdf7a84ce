"""Rankings that the tests of the report show."""

from classifier.types import Evidence, IssueKey, Outlook, RankedIssue, Ranking, Scenario

HOSTILE = (
    "<script>window.owned = 1</script>",
    "</title></script></style><svg onload='window.owned=1'>",
    "<img src=https://evil.example/x.png onerror=window.owned=1>",
    '" onmouseover="window.owned=1" x="',
    "<style>* { display: none }</style>",
    "<!-- <plaintext> ]]> <base href=https://evil.example/>",
    "&lt;script&gt; &amp; &#60;b&#62;",
    "invoice\u202egnp.exe\u202c \u2066isolated\u2069 zero\u200bwidth",
    "שלום עולם compile() לא עובד",
    "Z" + "\u0310\u0311\u0312\u0300\u0301" * 40 + "algo",
    "W" * 5000,
    "{{ 7 * 7 }} ${7 * 7} #{7 * 7} javascript:window.owned=1",
)
ADDRESSES = (
    "javascript:window.owned=1",
    "data:text/html,<script>window.owned=1</script>",
    "https://evil.example@octo.example/",
    'https://octo.example/"onclick="window.owned=1',
    "//evil.example/",
    "file:///etc/passwd",
    "https://octo.example/" + "a" * 5000,
)


def hostile_ranking() -> Ranking:
    """Every hostile text in every place, under every hostile address."""
    entries = tuple(
        RankedIssue(
            rank,
            IssueKey(words, rank),
            words,
            ADDRESSES[rank % len(ADDRESSES)],
            1 / rank,
            (Evidence(words, 1.5, is_quote=True), Evidence(words, -0.5, is_quote=False)),
            (words,),
            Outlook(tuple(Scenario)[rank % 7], 0.3, 1 + rank % 4, 3.5),
        )
        for rank, words in enumerate(HOSTILE, start=1)
    )
    return Ranking(HOSTILE[0], entries, threshold=0.2, has_outlooks=True)


def plain_ranking() -> Ranking:
    """Six issues of two repositories, of three scenarios."""
    rows = (
        ("octo/lumen", 30, "Loss ignores sample_weight", 0.81, Scenario.CALCULATION, 2),
        ("octo/lumen", 7, "Weights are lost by save()", 0.62, Scenario.SAVELOAD, 4),
        ("octo/other", 12, "clip_norm has no effect", 0.4, Scenario.PARAMETER, 3),
        ("octo/other", 90, "Loss of the last batch is shown", 0.22, Scenario.MESSAGE, 1),
        ("octo/lumen", 55, "How do I install this?", 0.03, Scenario.PARAMETER, 1),
        ("octo/other", 41, "Segmentation fault on import", 0.01, Scenario.CALCULATION, 3),
    )
    entries = tuple(
        RankedIssue(
            rank,
            IssueKey(repo, number),
            title,
            f"https://github.com/{repo}/issues/{number}",
            probability,
            (
                Evidence(title, 1.2, is_quote=True),
                Evidence("a short description", -0.2, is_quote=False),
            ),
            outlook=Outlook(scenario, 0.7, impact, 2.5 if scenario == "message" else 4.0),
        )
        for rank, (repo, number, title, probability, scenario, impact) in enumerate(rows, start=1)
    )
    return Ranking("words-2026", entries, has_outlooks=True)
