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

// What one cannot do without us is offered only where we are.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// While files are sent one sees how much has arrived; what is too much is told before it is sent.
const uploadOf = (event) => {
  const form = event.target.closest && event.target.closest("form[data-upload]");
  if (!form) return null;
  const shown = form.querySelector("[data-upload-shown]");
  const say = (words, done) => {
    shown.hidden = false;
    shown.querySelector("[data-upload-said]").textContent = words;
    shown.querySelector("progress").value = done;
  };
  return { form, say };
};
document.addEventListener("htmx:beforeRequest", (event) => {
  const upload = uploadOf(event);
  if (!upload) return;
  const files = [...upload.form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (bytes > Number(upload.form.dataset.limitBytes)) {
    event.preventDefault();
    upload.say(upload.form.dataset.tooMuch, 0);
  } else if (files.length) {
    upload.say("Sending …", 0);
  }
});
document.addEventListener("htmx:xhr:progress", (event) => {
  const upload = uploadOf(event);
  if (!upload || !event.detail.lengthComputable || !event.detail.total) return;
  const percent = Math.floor((100 * event.detail.loaded) / event.detail.total);
  upload.say(percent < 100 ? `Sending: ${percent} % has arrived.` : "All of it has arrived and is being stored …", percent);
});
document.addEventListener("htmx:sendError", (event) => {
  const upload = uploadOf(event);
  if (upload) upload.say("The connection was lost. Nothing of the upload was kept. Send it once more.", 0);
});

document.addEventListener("htmx:responseError", (event) => {
  const upload = uploadOf(event);
  const { xhr } = event.detail;
  const isSentence = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain"); // no room for it
  const failed = "Something went wrong in the server. Load this page again, and send it once more.";
  if (upload) upload.say(isSentence ? xhr.responseText : failed, 0);
});

// What asks for itself again and again is led to sign-in when the session is over: then the whole page goes there.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo } = event.detail;
  if (!xhr.responseURL || new URL(xhr.responseURL).pathname === new URL(pathInfo.finalRequestPath, window.location.href).pathname) return;
  event.detail.shouldSwap = false;
  window.location.assign(xhr.responseURL);
});
