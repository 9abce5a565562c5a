// Leaving fast. The link works without any of this; here it is quicker, leaves no page to come back to, and answers three presses of Shift.
(function () {
  "use strict";
  const link = document.querySelector(".exit a");
  const cover = document.getElementById("exit-cover");
  const said = document.getElementById("exit-said");
  if (!link || !cover || !said) return;
  let presses = 0;
  let alone = false;
  let timer = 0;

  function leave() {
    // White at once, whatever the line does; the text says it to a screen reader.
    cover.hidden = false;
    cover.textContent = cover.dataset.text;
    // This page gives up its place in the history, so that Back does not lead to it.
    location.replace(link.href);
  }

  function reset(words) {
    presses = 0;
    clearTimeout(timer);
    said.textContent = words || "";
  }

  document.addEventListener("click", function (event) {
    const target = event.target instanceof Element ? event.target.closest("a.leave") : null;
    if (!target || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    leave();
  });
  // Shift with a click is no press of Shift alone.
  document.addEventListener("pointerdown", function () {
    alone = false;
  });
  document.addEventListener("keydown", function (event) {
    alone = event.key === "Shift" && !event.repeat ? true : event.key === "Shift" && alone;
    if (event.key !== "Shift" && presses) reset();
  });
  document.addEventListener("keyup", function (event) {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    presses += 1;
    clearTimeout(timer);
    if (presses === 3) {
      reset();
      leave();
      return;
    }
    said.textContent = presses === 1 ? said.dataset.twice : said.dataset.once;
    timer = setTimeout(function () {
      reset(said.dataset.late);
    }, 5000);
  });
  // A page that comes back out of the browser's memory is not left covered. One that has only just finished loading stays so: she
  // may be leaving it already, on a slow line.
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    cover.hidden = true;
    cover.textContent = "";
    reset();
  });
})();

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

// The phone's position, only after a tap that says so, and rounded to about 3 km here, before anything is sent.
(function () {
  "use strict";
  const box = document.getElementById("here");
  if (!box || !navigator.geolocation) return;
  const button = box.querySelector("button");
  const said = box.querySelector("[role=status]");
  const form = box.closest("form");
  const STEP = 0.03; // degrees: 3.3 km from south to north, 2.4 to 3 km from west to east in Japan

  function rounded(degrees) {
    return (Math.round(degrees / STEP) * STEP).toFixed(2);
  }

  box.hidden = false;
  button.addEventListener("click", function () {
    said.textContent = "…";
    navigator.geolocation.getCurrentPosition(
      function (position) {
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = "near";
        field.value = rounded(position.coords.latitude) + "," + rounded(position.coords.longitude);
        form.elements.place.value = "";
        form.append(field);
        form.submit();
      },
      function () {
        said.textContent = box.dataset.failed;
      },
      { enableHighAccuracy: false, timeout: 10000, maximumAge: 600000 },
    );
  });
})();
