// Suggestions while typing. What is typed goes to this site by POST and is kept nowhere: no address, no storage, no history.
(function () {
  "use strict";
  const input = document.getElementById("q");
  const list = document.getElementById("suggestions");
  if (!input || !list) return;
  let waiting = 0;
  let asked = "";

  function show(suggestions) {
    list.replaceChildren();
    for (const one of suggestions) {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.name = "q";
      button.lang = "ja";
      button.value = one.note ? one.text + " " + one.note : one.text;
      button.textContent = button.value;
      item.append(button);
      list.append(item);
    }
    list.hidden = suggestions.length === 0;
  }

  async function ask() {
    const typed = input.value.trim();
    if (typed === asked) return;
    asked = typed;
    if (!typed) {
      show([]);
      return;
    }
    try {
      const answer = await fetch(list.dataset.action, {
        method: "POST",
        body: new URLSearchParams({ q: typed }),
        credentials: "omit",
        referrerPolicy: "no-referrer",
        cache: "no-store",
      });
      const found = answer.ok ? (await answer.json()).suggestions : [];
      if (typed === asked) show(found);
    } catch {
      show([]); // The search itself works without them.
    }
  }

  input.addEventListener("input", function (event) {
    if (event.isComposing && input.value.length < 2) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 200);
  });
  // The button's own words are sent, not what was typed beside them.
  list.addEventListener("click", function (event) {
    if (event.target instanceof HTMLButtonElement) input.name = "";
  });
  // Who comes back, or looks over a shoulder, finds nothing of it.
  window.addEventListener("pagehide", function () {
    input.value = "";
    show([]);
  });
  window.addEventListener("pageshow", function () {
    input.name = "q";
    asked = "";
  });
})();
