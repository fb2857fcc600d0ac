/* Copies what an element says: data-copy names its id. Without a clipboard the button stays hidden. */
(() => {
  "use strict";
  const offer = () => {
    if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  });
  document.addEventListener("htmx:load", offer);
  document.addEventListener("DOMContentLoaded", offer);
})();
