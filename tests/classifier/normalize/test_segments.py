"""Kinds: what each piece of an issue becomes, in markdown and without its marks."""

from collections.abc import Callable

import pytest

from classifier.normalize import normalize
from classifier.types import Issue, Segment, SegmentKind

SegmentsOf = Callable[[str], tuple[Segment, ...]]

CODE = """import numpy as np

class Cell(Layer):

    def __init__(self, units):
        super().__init__()  # the *base*
        self.units = units

# run it
cell = Cell(
    units=3,
)
print(cell(np.ones([2, 2])))"""
TRACEBACK = """Traceback (most recent call last):
  File "a.py", line 3, in <module>
    f(x)
ValueError: bad shape

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 5, in <module>
    g(x)
tensorflow.python.framework.errors_impl.InvalidArgumentError: Incompatible shapes: [2] vs. [3]
\t [[node a/b]]"""
LOG = """Epoch 1/2
60000/60000 [==============================] - 3s 43us/sample - loss: 0.5 - accuracy: 0.8
2020-01-01 10:00:00.123456: I tensorflow/core/platform/cpu_feature_guard.cc:142] Your CPU"""


@pytest.fixture
def segments_of(make_issue: Callable[..., Issue]) -> SegmentsOf:
    return lambda body: normalize(make_issue(body=body)).segments[1:]


def test_the_title_comes_first_even_if_it_is_empty(make_issue: Callable[..., Issue]) -> None:
    titled = normalize(make_issue(title="  Wrong\tmean ", body="text")).segments
    assert (titled[0].kind, titled[0].text) == (SegmentKind.TITLE, "Wrong mean")
    assert normalize(make_issue()).segments == (Segment(SegmentKind.TITLE, ""),)


def test_markdown_yields_every_kind(segments_of: SegmentsOf) -> None:
    body = f"""# My findings

The *loss* is `nan`, see [the gist](https://gist.example/1).

- first item
- second item

> someone said so

| a | b |
|---|---|
| 1 | 2 |

![a plot of the loss](https://example.org/a.png)

https://example.org/notebook

```python
{CODE}
```

```
{TRACEBACK}
```

{LOG}
"""
    found = [(segment.kind, segment.text.split("\n")[0]) for segment in segments_of(body)]
    assert found == [
        (SegmentKind.HEADING, "My findings"),
        (SegmentKind.PROSE, "The loss is nan, see the gist."),
        (SegmentKind.LIST_ITEM, "first item"),
        (SegmentKind.QUOTE, "someone said so"),
        (SegmentKind.TABLE, "a | b"),
        (SegmentKind.IMAGE, "a plot of the loss"),
        (SegmentKind.LINK, "https://example.org/notebook"),
        (SegmentKind.CODE, "import numpy as np"),
        (SegmentKind.ERROR, "InvalidArgumentError: Incompatible shapes: [2] vs. [3]"),
        (SegmentKind.LOG, "Epoch 1/2"),
    ]


@pytest.mark.parametrize("text", [CODE, TRACEBACK, LOG], ids=["code", "traceback", "log"])
def test_a_lost_fence_changes_nothing(segments_of: SegmentsOf, text: str) -> None:
    fenced = segments_of(f"I ran:\n```\n{text}\n```\nIt is wrong.")
    assert segments_of(f"I ran:\n{text}\nIt is wrong.") == fenced
    assert [segment.kind for segment in fenced[::2]] == [SegmentKind.PROSE, SegmentKind.PROSE]
    assert len(fenced) == 3


def test_code_knows_its_language_and_length(segments_of: SegmentsOf) -> None:
    (code,) = segments_of("```Rust title=x\nfn f<T>\n\nloop\n```")
    assert (code.language, code.line_count, code.text) == ("rust", 2, "fn f<T>\nloop")


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("import os\nx = f(y)", "python"),
        ("#include <vector>\nint x = f(y);", "cpp"),
        ("$ pip install demo\ndone", "shell"),
    ],
)
def test_code_without_a_named_language_gives_itself_away(
    segments_of: SegmentsOf, code: str, language: str
) -> None:
    assert {segments_of(f"```\n{code}\n```")[0].language} == {language}


def test_a_traceback_is_one_error_named_after_its_last_exception(
    segments_of: SegmentsOf,
) -> None:
    (error,) = segments_of(TRACEBACK)
    assert (error.exception, error.line_count) == ("InvalidArgumentError", 12)


@pytest.mark.parametrize(
    ("line", "exception", "text"),
    [
        ("ValueError: bad", "ValueError", "ValueError: bad"),
        ("I get KeyError: 'loss'", "KeyError", "KeyError: 'loss'"),
        ("E   AssertionError: 1 != 2", "AssertionError", "AssertionError: 1 != 2"),
        ("torch.cuda.OutOfMemoryError: full", "OutOfMemoryError", "OutOfMemoryError: full"),
        ("Segmentation fault (core dumped)", "Segmentation fault", "Segmentation fault"),
        (
            "2020-01-01 F tensorflow/core/a.cc:12] Check failed: x == y",
            "CheckFailed",
            "CheckFailed: x == y",
        ),
        (
            "terminate called after throwing an instance of 'std::bad_alloc'",
            "TerminateCalled",
            "TerminateCalled: std::bad_alloc",
        ),
        ("a.cc:3:4: error: no type", "CompileError", "CompileError: no type"),
    ],
)
def test_a_line_that_reports_an_error_is_one(
    segments_of: SegmentsOf, line: str, exception: str, text: str
) -> None:
    (error,) = segments_of(line)
    assert (error.kind, error.exception, error.text) == (SegmentKind.ERROR, exception, text)


@pytest.mark.parametrize(
    "sentence",
    [
        "It should raise a ValueError if shapes differ.",
        "I would expect to get ValueError: shapes differ here",
        "No error, no exception, but the result is wrong.",
        "Mean squared error is too high",
        "There is no segmentation fault in this case",
    ],
)
def test_a_sentence_about_errors_is_prose(segments_of: SegmentsOf, sentence: str) -> None:
    (segment,) = segments_of(sentence)
    assert segment.kind is SegmentKind.PROSE


@pytest.mark.parametrize(
    "sentence",
    [
        "For example:",
        "if you do this with the following model: it fails",
        "With this change the result = wrong",
        "return values are not what I expect",
        "import of the model works as it should",
        "Note: I also tried the nightly build.",
        "- It works (on the CPU)",
    ],
)
def test_prose_is_not_taken_for_code(segments_of: SegmentsOf, sentence: str) -> None:
    assert SegmentKind.CODE not in {segment.kind for segment in segments_of(sentence)}


def test_html_reads_as_rendered_and_what_only_looks_like_a_tag_stays(
    segments_of: SegmentsOf,
) -> None:
    body = (
        "<details>\n<summary>More</summary>\n\nIt prints &lt;x&gt; and <class 'float'>"
        "<!-- hidden\nnote --> and <em>stops</em>.\n</details>"
        '\n\n<img width="3" alt="a loss curve" src="https://example.org/a.png">'
    )
    assert [segment.text for segment in segments_of(body)] == [
        "More\nIt prints <x> and <class 'float'> and stops.",
        "a loss curve",
    ]


def test_a_rendered_address_equals_a_bare_one(segments_of: SegmentsOf) -> None:
    address = "https://example.org/a?b=c"
    assert segments_of(f"See [{address}]({address})") == segments_of(f"See {address}")


def test_a_permalink_equals_its_preview(segments_of: SegmentsOf) -> None:
    address = "https://github.com/octo/demo/blob/0a1b2c3d/lib/sum.py#L10-L11"
    preview = (
        "demo/lib/sum.py\n\n        Lines 10 to 11\n      in\n      0a1b2c3\n\n"
        " total = 0 \n\n return total \n\n"
    )
    assert segments_of(f"Look:\n\n{preview}It is wrong.") == segments_of(
        f"Look:\n\n{address}\n\nIt is wrong."
    )


def test_dunder_names_survive_without_backticks(segments_of: SegmentsOf) -> None:
    assert segments_of("the __init__ method") == segments_of("the `__init__` method")
