/* A form that opens over the page: <a data-sheet href="…"> fetches it into a dialog. Without scripts the link opens the page.
   The server answers a posted sheet with HX-Redirect when it is done, or with the form again and what is wrong. */
(() => {
  "use strict";
  const HEADERS = { "HX-Request": "true", "X-Sheet": "1" };
  let sheet = null;

  function dialog() {
    if (sheet) return sheet;
    sheet = document.createElement("dialog");
    sheet.className = "sheet";
    sheet.addEventListener("close", () => sheet.replaceChildren());
    document.body.append(sheet);
    return sheet;
  }
  function fill(html) {
    const box = dialog();
    box.innerHTML = html;
    if (window.htmx) window.htmx.process(box);
    if (!box.open) box.showModal();
    (box.querySelector(".wrong input, .wrong textarea, [autofocus], input:checked, input:not([type=hidden]), textarea") || box).focus();
    box.dispatchEvent(new CustomEvent("sheet:shown", { bubbles: true }));
  }
  async function ask(url, options) {
    const response = await fetch(url, { credentials: "same-origin", headers: HEADERS, ...options });
    const onward = response.headers.get("HX-Redirect");
    if (onward) {
      if (onward.split("#")[0] === window.location.pathname + window.location.search) window.location.reload();
      else window.location.assign(onward);
      return;
    }
    fill(await response.text());
  }
  function offline(error) { document.dispatchEvent(new CustomEvent("htmx:sendError", { detail: error })); }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sheet], dialog.sheet a[data-sheet-tab]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    ask(link.href).catch(offline);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("dialog.sheet form:not([method=dialog])");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => { button.disabled = true; });
    ask(form.action || window.location.href, { method: "POST", body: data })
      .catch(offline).finally(() => buttons.forEach((button) => { button.disabled = false; }));
  });

  // Picks: the key on each choice presses it in the group that has the focus (or the first without an answer), then on.
  const groups = (root) => [...root.querySelectorAll(".picks")].filter((group) => group.offsetParent !== null);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const root = document.querySelector("dialog.sheet[open]") || document;
    if (event.key === "Enter" && event.target.matches?.(".picks input")) {
      event.preventDefault();
      return event.target.form.requestSubmit();
    }
    if (event.target.matches?.("textarea, select, input:not([type=radio], [type=checkbox])")) return;
    const list = groups(root);
    const here = list.find((group) => group.contains(event.target)) || list.find((group) => !group.querySelector(":checked"));
    const choice = here && [...here.querySelectorAll("input")].find((input) => input.dataset.pick === event.key.toLowerCase());
    if (!choice) return;
    event.preventDefault();
    event.stopPropagation();
    choice.checked = !choice.checked || choice.required;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    const next = list[list.indexOf(here) + 1];
    if (choice.checked && next) (next.querySelector(":checked") || next.querySelector("input")).focus();
    else choice.focus();
  }, true);

  // An answer that need not be given can be taken back by pressing it again.
  let pressed = null;
  document.addEventListener("pointerdown", (event) => {
    const input = event.target.closest(".picks label")?.querySelector("input");
    pressed = input && input.checked && !input.required ? input : null;
  });
  document.addEventListener("click", (event) => {
    if (!pressed || event.target !== pressed) return;
    pressed.checked = false;
    pressed.dispatchEvent(new Event("change", { bubbles: true }));
    pressed = null;
  });

  // data-when="outcome=promised": shown and asked for only while that answer is given.
  function reveal(root) {
    root.querySelectorAll("[data-when]").forEach((part) => {
      const [name, value] = part.dataset.when.split("=");
      const chosen = (part.closest("form") || root).querySelector(`[name="${CSS.escape(name)}"]:checked`);
      part.hidden = chosen?.value !== value;
      part.querySelectorAll("input, select, textarea").forEach((input) => { input.disabled = part.hidden; });
    });
  }
  document.addEventListener("change", (event) => { if (event.target.form) reveal(event.target.form); });
  document.addEventListener("sheet:shown", (event) => reveal(event.target));
  reveal(document);
})();
