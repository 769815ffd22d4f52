"use strict";

// Upload and File Upload Status are pages of their own; from the Options of a list they come over it, as a modal. It is
// the browser's own <dialog> in the design system's look: content that arrives later is no matter to it, and it keeps the
// focus inside, closes by Escape and gives the focus back.
const AS_MODAL = "a[data-option='upload-new'], a[data-option='upload-status']";
const modal = document.createElement("dialog");
modal.id = "modal";
modal.className = "usa-modal usa-modal--lg modal";
modal.setAttribute("aria-labelledby", "modal-heading");
document.getElementById("main").append(modal);

document.addEventListener("click", async (event) => {
  const link = event.target.closest(AS_MODAL);
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const menu = link.closest("details");
  menu.removeAttribute("open");
  menu.querySelector("summary").focus(); // where the focus comes back to
  await htmx.ajax("GET", link.href, { target: "#modal", swap: "innerHTML" });
  if (modal.childElementCount) modal.showModal();
  else window.location.assign(link.href);
});
modal.addEventListener("click", (event) => {
  if (!event.target.closest("[data-modal-close]")) return;
  event.preventDefault();
  modal.close();
});
modal.addEventListener("close", () => modal.replaceChildren()); // what asks for itself in there stops asking

// What was swapped may have held the focus.
document.addEventListener("htmx:afterSwap", (event) => {
  const { target } = event.detail;
  if (target.id === "banners" && modal.open) modal.close();
  if (target.id === "outcome") target.querySelector("[tabindex='-1']")?.focus();
  if (target === modal && modal.open) modal.querySelector("[data-file]")?.focus();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.closest(".banner__dismiss")) document.getElementById("main").focus();
});

// A file is selected by the button, or dropped anywhere on the form; its name stands there until it is removed.
const showChosen = (form) => {
  const file = form.querySelector("[data-file]");
  const chosen = file.files[0];
  form.querySelector("[data-chosen]").textContent = chosen ? chosen.name : "";
  form.querySelector("[data-remove]").hidden = !chosen;
  form.classList.toggle("upload--chosen", Boolean(chosen));
  form.querySelector("[name=confirm]")?.removeAttribute("value"); // what was asked about another file is not confirmed
};
const formOf = (event) => event.target.closest?.("form.upload:has([data-drop])");

document.documentElement.classList.add("drops");
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-file]")) showChosen(formOf(event));
});
document.addEventListener("click", (event) => {
  if (!event.target.matches("[data-remove]")) return;
  const form = formOf(event);
  form.querySelector("[data-file]").value = "";
  showChosen(form);
  form.querySelector("[data-file]").focus();
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const form = formOf(event);
    if (form || modal.open) event.preventDefault(); // the browser would open the file
    if (!form) return;
    form.classList.toggle("upload--over", kind === "dragover");
    if (kind !== "drop" || !event.dataTransfer.files.length || form.querySelector("[data-faulty]")) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    form.querySelector("[data-file]").files = one.files;
    showChosen(form);
  });
}
