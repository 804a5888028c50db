/* Comfort on top of pages that work without it: leaving, drafts, leases, refreshed fragments. */
(function () {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const token = (root) => (root.querySelector("[name=csrfmiddlewaretoken]") || document.querySelector("[name=csrfmiddlewaretoken]") || {}).value || "";

  /* What only works with a script is shown by one. */
  all("[data-needs-script]").forEach((element) => { element.hidden = false; });

  /* Leaving: by the link, or by Shift three times within two seconds. */
  const leave = document.querySelector("a.leave");
  const go = () => {
    document.body.textContent = "";
    document.title = "";
    try { sessionStorage.clear(); } catch (error) { /* Nothing was kept. */ }
    location.replace(leave.href);
  };
  if (leave) {
    let presses = [];
    leave.addEventListener("click", (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go();
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "Shift") {
        presses = [];
      } else if (!event.repeat) {
        const now = Date.now();
        presses = presses.filter((at) => now - at < 2000).concat(now);
        if (presses.length > 2) go();
      }
    });
  }

  /* A second press sends nothing twice. */
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-many]") || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    if (/\/logout\/$/.test(form.action)) sessionStorage.clear();
    /* After the browser has collected the pressed button's own value. */
    setTimeout(() => all("button:not([type=button]),input[type=submit]", form).forEach((b) => b.setAttribute("aria-disabled", "true")));
  });
  addEventListener("pageshow", () => {
    all("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      all("[aria-disabled]", form).forEach((b) => b.removeAttribute("aria-disabled"));
    });
  });

  /* Drafts: saved a moment after typing stops. When that fails, and while sending, a copy stays in this tab: under the
     part of the form's note that names member and kind, so that another member at this device never meets it. */
  const stores = [];
  const keepDraft = (form) => {
    const place = form.querySelector("[data-saved]");
    const field = (name) => form.elements.namedItem(name);
    const store = "draft " + location.pathname + ((field("draft_key") || {}).value || "").split(":")[0];
    stores.push(store);
    const typed = () => all("textarea,input[type=text]:not([tabindex='-1'])", form);
    let timer, dirty = false, busy = false;

    const say = (text, trouble) => {
      if (!place) return;
      place.textContent = text;
      place.classList.toggle("trouble", Boolean(trouble));
    };
    const copy = (sent) => {
      try {
        sessionStorage.setItem(store, JSON.stringify({ sent, fields: typed().map((t) => [t.name, t.value]) }));
      } catch (error) { /* No room: the page itself still holds the words. */ }
    };
    const failed = () => {
      dirty = true;
      copy(false);
      say(place && place.dataset.unsaved, true);
      clearTimeout(timer);
      timer = setTimeout(save, 15000);
    };
    function save(leaving) {
      if (!dirty || (busy && leaving !== true) || form.dataset.sent) return;
      dirty = false;
      busy = true;
      fetch(form.dataset.draftUrl, { method: "POST", body: new FormData(form), keepalive: leaving === true, headers: { "X-CSRFToken": token(form), Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
        .then((kept) => {
          if (field("submission_key") && kept.key) field("submission_key").value = kept.key;
          if (field("version") && kept.version) field("version").value = kept.version;
          sessionStorage.removeItem(store);
          say(place && place.dataset.saved.replace("%s", kept.saved_at));
        })
        .catch(failed)
        .finally(() => {
          busy = false;
          if (dirty) later();
        });
    }
    function later() {
      dirty = true;
      clearTimeout(timer);
      timer = setTimeout(save, 1500);
    }
    form.addEventListener("input", later);
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      copy(true);
    });
    document.addEventListener("visibilitychange", () => document.hidden && save(true));
    try {
      JSON.parse(sessionStorage.getItem(store) || '{"fields":[]}').fields.forEach(([name, value]) => {
        const target = field(name);
        if (target && value.length > target.value.length) {
          target.value = value;
          later();
        }
      });
    } catch (error) { /* A copy that cannot be read is no reason to stop. */ }
  };
  all("form[data-draft-url]").forEach(keepDraft);
  /* Another page after sending: the words have arrived, the copy goes. */
  try {
    Object.keys(sessionStorage).forEach((key) => {
      if (/^draft /.test(key) && !stores.includes(key) && JSON.parse(sessionStorage.getItem(key)).sent) sessionStorage.removeItem(key);
    });
  } catch (error) { /* No storage, no copies. */ }

  /* A reply: one kind line beneath the box, once, when its writer pauses or leaves the box. Sending does not show it again. */
  all("form[data-nudge-url]").forEach((form) => {
    const place = form.querySelector("[data-nudge]");
    const box = form.elements.namedItem("body");
    const seen = form.elements.namedItem("nudge_seen");
    if (!place || !box || !seen || seen.value) return;
    const plain = (text) => text.replace(/\r\n?/g, "\n");
    let timer, asked = "";
    const look = () => {
      clearTimeout(timer);
      if (seen.value || form.dataset.sent || !box.value.trim() || box.value === asked) return;
      asked = box.value;
      fetch(form.dataset.nudgeUrl, { method: "POST", body: new FormData(form), headers: { "X-CSRFToken": token(form) } })
        .then((answer) => (answer.status === 200 ? answer.text() : ""))
        .then((html) => {
          if (!html || seen.value || form.dataset.sent) return;
          place.innerHTML = html;
          seen.value = "1";
        })
        .catch(() => undefined); /* Without an answer there is nothing to say. */
    };
    (box.closest(".field") || box).after(place);
    box.addEventListener("input", () => {
      const mark = place.querySelector("mark");
      if (mark && !plain(box.value).includes(plain(mark.textContent))) place.textContent = "";
      clearTimeout(timer);
      timer = setTimeout(look, 2000);
    });
    box.addEventListener("change", look);
    place.addEventListener("click", (event) => {
      if (!event.target.closest("[data-keep]")) return;
      place.textContent = "";
      box.focus();
    });
  });

  /* Leases: renewed while somebody looks at the page. */
  all("[data-renew-url]").forEach((element) => {
    const every = (Number(element.dataset.renewSeconds) || 60) * 1000;
    const renew = () => {
      if (document.hidden) return;
      const body = new FormData(element.matches("form") ? element : undefined);
      fetch(element.dataset.renewUrl, { method: "POST", body, headers: { "X-CSRFToken": token(document), Accept: "application/json" } })
        .then((answer) => answer.json())
        .then((answer) => {
          if (answer.ok) return;
          clearInterval(timer);
          const note = document.createElement("p");
          note.className = "notice heed";
          note.setAttribute("role", "alert");
          note.textContent = answer.message;
          element.prepend(note);
        })
        .catch(() => undefined); /* A gap in the network: the next round tries again. */
    };
    const timer = setInterval(renew, every);
    document.addEventListener("visibilitychange", renew);
  });

  /* Fragments that change by themselves, more and more slowly when the network is slow or away. */
  all("[data-refresh-url]").forEach((element) => {
    const base = (Number(element.dataset.refreshSeconds) || 5) * 1000;
    let wait = base;
    const look = () => {
      if (element.querySelector("[data-done]")) return;
      if (document.hidden) {
        setTimeout(look, wait);
        return;
      }
      const began = Date.now();
      fetch(element.dataset.refreshUrl, { headers: { "X-Fragment": "1" } })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .then((html) => {
          if (html.trim() !== element.innerHTML.trim()) element.innerHTML = html;
          wait = Math.max(base, (Date.now() - began) * 4);
        })
        .catch(() => { wait = Math.min(wait * 2, 120000); })
        .finally(() => setTimeout(look, wait));
    };
    setTimeout(look, base);
  });

  /* A link to a passage opens the folds around it. */
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let box = target; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  const trouble = document.getElementById("error-summary");
  if (trouble) trouble.focus();
})();
