"use strict";
{
  const form = document.querySelector("form");
  const body = document.querySelector(".ranking tbody");
  const count = document.querySelector(".count");
  const wanted = form.elements;

  const [RANK, CHANCE, ISSUE, OUTLOOK] = [0, 1, 2, 3];
  const number = (part, where) => parseFloat(part?.textContent.match(where)?.[1]) || 0;
  // the issue's own words and its reasons, not what every issue has written beside them
  const words = (issue) =>
    Array.from(issue.querySelectorAll(":scope > :first-child, small, li"))
      .map((part) => part.textContent)
      .join("\n")
      .toLowerCase();
  const issues = Array.from(body.rows, (row) => ({
    row,
    words: words(row.cells[ISSUE]),
    repo: row.querySelector("bdi")?.textContent ?? "",
    number: number(row.cells[ISSUE].querySelector("small:not(.lacks)"), /#(\d+)$/),
    kind: row.cells[OUTLOOK]?.querySelector("a")?.hash.slice(1) ?? "",
    rank: number(row.cells[RANK], /(\d+)/),
    chance: number(row.cells[CHANCE], /([\d.]+)/),
    priority: number(row.cells[OUTLOOK], /priority ([\d.]+)/),
    impact: number(row.cells[OUTLOOK], /impact (\d)/),
  }));

  const orders = {
    rank: (a, b) => a.rank - b.rank,
    chance: (a, b) => b.chance - a.chance,
    priority: (a, b) => b.priority - a.priority,
    impact: (a, b) => b.impact - a.impact,
    issue: (a, b) => (a.repo < b.repo ? -1 : a.repo > b.repo ? 1 : b.number - a.number),
  };

  const fits = (issue) => {
    const asked = wanted.text.value.toLowerCase().split(/\s+/);
    return (
      asked.every((word) => issue.words.includes(word)) &&
      (!wanted.repo?.value || issue.repo === wanted.repo.value) &&
      (!wanted.kind?.value || issue.kind === wanted.kind.value) &&
      issue.chance >= (parseFloat(wanted.least.value) || 0)
    );
  };

  // what is asked for, in words, so that a printed page tells it
  const told = () =>
    [
      wanted.text.value.trim() && `“${wanted.text.value.trim()}”`,
      wanted.repo?.value,
      wanted.least.value && `at least ${wanted.least.value} %`,
      wanted.kind?.value && wanted.kind.selectedOptions[0].label,
    ]
      .filter(Boolean)
      .join(", ");

  const filter = () => {
    let left = 0;
    for (const issue of issues) {
      const isShown = fits(issue);
      issue.row.hidden = !isShown;
      left += isShown;
    }
    count.textContent = left === issues.length ? "" : `${left} of ${issues.length}: ${told()}`;
  };

  const sort = () => {
    const order = orders[wanted.order.value];
    issues.sort((a, b) => order(a, b) || a.rank - b.rank);
    body.append(...issues.map((issue) => issue.row));
  };

  const fold = () => {
    for (const details of body.querySelectorAll("details")) {
      details.open = wanted.reasons.checked;
    }
  };

  const changed = (event) => {
    if (event.target === wanted.order) sort();
    else if (event.target === wanted.reasons) fold();
    else filter();
  };

  // a browser may bring back what was filled in before
  const all = () => {
    filter();
    sort();
    if (wanted.reasons) fold();
  };

  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(all));
  addEventListener("pageshow", all);
  form.hidden = false;
  document.querySelector(".unscripted").hidden = true;
}
