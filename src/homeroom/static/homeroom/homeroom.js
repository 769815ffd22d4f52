"use strict";

// The account menu is a <details>, so it works without us; a menu also closes by Escape and when one goes elsewhere.
const closeMenus = (except) =>
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => menu !== except && menu.removeAttribute("open"));

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  }
});
for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => closeMenus(event.target.closest("details[data-menu]")));
}

// A form is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
// Coming back by the browser's own button shows the page as it was left: it may be sent anew.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// The box in the head of a table ticks all boxes below it.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-tick-all]")) return;
  event.target.closest("table").querySelectorAll("tbody input[type=checkbox]").forEach((box) => (box.checked = event.target.checked));
});
