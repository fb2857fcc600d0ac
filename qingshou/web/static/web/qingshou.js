/* Keys, confirmations, toasts. Everything here is an addition: links and forms work without it. */
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

  // Lists: J and K move, Enter opens; a row's address is data-href or its first link.
  const rows = () => all("[data-rows] [data-href]").filter((row) => row.offsetParent !== null);
  function select(row) {
    all("[data-rows] .on").forEach((other) => { other.classList.remove("on"); other.removeAttribute("aria-current"); });
    row.classList.add("on");
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    if (window.htmx) htmx.trigger(row, "select");
  }
  function move(step) {
    const list = rows();
    if (!list.length) return;
    const now = list.findIndex((row) => row.classList.contains("on"));
    select(list[Math.max(0, Math.min(list.length - 1, now < 0 ? 0 : now + step))]);
  }
  function open(row) { window.location.href = row.dataset.href; }

  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-rows] [data-href]");
    if (row && !event.target.closest("a, button, input, label, select, summary")) {
      if (row.hasAttribute("hx-get") && window.matchMedia("(min-width: 1081px)").matches) select(row);
      else open(row);
    }
    const close = event.target.closest("[data-close]");
    if (close) (close.closest("dialog")?.close(), close.closest(".toast")?.remove());
    const opener = event.target.closest("[data-dialog]");
    if (opener) { event.preventDefault(); one(`#${CSS.escape(opener.dataset.dialog)}`)?.showModal(); }
    if (event.target.closest("[data-back]")) { event.preventDefault(); history.back(); }
  });
  document.addEventListener("dblclick", (event) => {
    const row = event.target.closest("[data-rows] [data-href]");
    if (row && !typing(event.target)) open(row);
  });

  // Keys. A control with data-key="c" is pressed by C; the ? overlay lists those of the page.
  function listKeys() {
    const list = one("#keys dl");
    all(".own", list).forEach((line) => line.remove());
    all("[data-key]").filter((control) => control.offsetParent !== null).forEach((control) => {
      const term = document.createElement("dt");
      const words = document.createElement("dd");
      const key = document.createElement("kbd");
      term.className = words.className = "own";
      key.textContent = control.dataset.key.toUpperCase();
      term.append(key);
      words.textContent = control.dataset.keyLabel || [...control.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join("").trim();
      list.append(term, words);
    });
    one("#keys").showModal();
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const submit = one("[data-key='mod+enter']");
      if (submit) { event.preventDefault(); submit.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
    if (event.key === "Escape") {
      if (typing(event.target)) return event.target.blur();
      const back = one("[data-key='esc']") || one(".crumbs a:last-of-type");
      if (back) back.click();
      else if (document.referrer.startsWith(window.location.origin)) history.back();
      return;
    }
    if (typing(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "/") { event.preventDefault(); return one("[data-find]")?.focus(); }
    if (key === "?" && one("#keys")) { event.preventDefault(); return listKeys(); }
    if (key === "j" || key === "k") { event.preventDefault(); return move(key === "j" ? 1 : -1); }
    const row = one("[data-rows] .on[data-href]");
    if (key === "enter" && row && !event.target.closest("a, button, summary")) { event.preventDefault(); return open(row); }
    const control = all("[data-key]").find((item) => item.dataset.key === key && item.offsetParent !== null);
    if (control) { event.preventDefault(); control.click(); control.focus(); }
  });

  // data-confirm on a form or a button asks first, in the page's own dialog.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const text = event.submitter?.dataset.confirm || form.dataset.confirm;
    const dialog = one("#confirm");
    if (!text || !dialog || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    one("#confirm-text").textContent = text;
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter || undefined);
      delete form.dataset.confirmed;
    }, { once: true });
  }, true);

  function toast(text, kind) {
    const box = document.createElement("div");
    box.className = `toast ${kind}`;
    box.textContent = text;
    one("#toasts")?.append(box);
    window.setTimeout(() => box.remove(), 8000);
  }
  document.addEventListener("htmx:responseError", (event) => {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    toast((one(".notice, h1", page)?.textContent || `${event.detail.xhr.status}`).trim(), "error");
  });
  document.addEventListener("htmx:sendError", () => toast(document.body.dataset.offline, "error"));
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-autosubmit]")) event.target.form.requestSubmit();
  });
  all("[data-back]").forEach((link) => { link.hidden = history.length < 2; });
  all(".toast.success, .toast.info").forEach((box) => window.setTimeout(() => box.remove(), 8000));
})();
