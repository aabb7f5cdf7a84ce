// Keys press the buttons and links that are on the page; `data-key` says which. Nothing else is
// done here that the page cannot do without it.
"use strict";

const TYPING = "textarea, select, input:not([type=radio]):not([type=checkbox])";
const UNDO = "z";
const DECIDING = "snuk";
let isLeaving = false;
let early = "";
let address = location.pathname + location.search;

function isVisible(element) {
  return element.getClientRects().length > 0;
}

function within(element) {
  const dialog = document.querySelector("dialog[open]");
  return dialog === null || dialog.contains(element);
}

function press(element) {
  if (element.dataset.dialog) {
    toggle(element.dataset.dialog);
  } else if (element.matches("textarea")) {
    element.focus();
  } else if (element.matches("input[type=radio]")) {
    choose(element);
  } else {
    element.click();
  }
}

function toggle(id) {
  const dialog = document.getElementById(id);
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

// A second press takes the choice back: the group's first radio stands for none.
function choose(radio) {
  const none = radio.form.elements[radio.name][0];
  const chosen = radio.checked ? none : radio;
  chosen.checked = true;
  chosen.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const links = [...document.querySelectorAll("[data-row] a[data-open]")];
  if (!links.length) return false;
  const now = links.findIndex((link) => link === document.activeElement);
  const next = now < 0 ? (by > 0 ? 0 : links.length - 1) : now + by;
  if (next >= 0 && next < links.length) links[next].focus();
  return true;
}

function targetOf(key) {
  return [...document.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key === key && isVisible(element) && !element.disabled,
  );
}

function tell(words) {
  const said = document.getElementById("said");
  if (said) said.append(`${said.textContent.trim() ? " " : ""}${words}`);
}

// A key between two pages waits for the next one. There, undo is done, since it means what was
// before; a decision is not, since it would be about an issue that nobody has seen.
function takeUp() {
  const key = early;
  early = "";
  if (key === UNDO) undo();
  else if (key) tell(`“${key}” came before this page was there and was not taken.`);
}

function undo() {
  const button = targetOf(UNDO);
  if (button) press(button);
  else tell("There is nothing to take back.");
}

document.addEventListener("keydown", (event) => {
  // a key that is held down decides once
  if (event.repeat && !"jk".includes(event.key)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches(TYPING)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (isLeaving) {
    if (key === UNDO || DECIDING.includes(key)) early = key;
    return;
  }
  const target = targetOf(key);
  if (key === UNDO && !target && within(document.body)) {
    event.preventDefault();
    undo();
  } else if (target && (within(target) || target.dataset.dialog)) {
    event.preventDefault();
    press(target);
  } else if ((key === "j" || key === "k") && within(document.body) && step(key === "j" ? 1 : -1)) {
    event.preventDefault();
  } else if (key === "/" && within(document.body)) {
    const search = document.querySelector("[data-search]");
    if (search && isVisible(search)) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    toggle(link.dataset.dialog);
  }
});

// A form is sent once, however fast keys follow each other; coming back makes it new.
document.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  if (isLeaving) event.preventDefault();
  else if (/\/(decide|undo)$/.test(event.target.action)) {
    event.preventDefault();
    send(event.target, event.submitter);
  }
  isLeaving = true;
});

// Decisions are sent without leaving the page, since browsers lose keys between two pages. The
// answer is the page that would have come, and takes this one's place.
async function send(form, button) {
  const sent = new URLSearchParams(new FormData(form));
  if (button && button.name) sent.set(button.name, button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent });
    show(await answer.text(), answer.redirected ? answer.url : "");
  } catch {
    isLeaving = false;
    early = "";
    tell("The server does not answer. Load the page again to see what it took.");
  }
}

function show(html, url) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  if (url) history.pushState(null, "", url);
  address = location.pathname + location.search;
  scrollTo(0, 0);
  isLeaving = false;
  begin();
}

window.addEventListener("popstate", () => {
  if (location.pathname + location.search !== address) location.reload();
});
window.addEventListener("pageshow", () => {
  isLeaving = false;
});

function begin() {
  // What was there before the page was is read aloud only if it comes anew.
  const said = document.getElementById("said");
  if (said && said.textContent.trim()) {
    const words = [...said.childNodes];
    said.replaceChildren();
    setTimeout(() => said.prepend(...words), 100);
  }
  // Reading begins at the issue, not at the top of the page.
  const start = document.querySelector("[data-start]");
  if (start && !location.hash) start.focus({ preventScroll: true });
  takeUp();
}

begin();
