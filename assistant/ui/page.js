// Runs before the page's own scripts: interface language and theme, then what the screens need in the browser.
(() => {
  "use strict";
  const LOCALES = { "zh-Hans": "zh-CN", "zh-Hant": "zh-TW", en: "en" };
  const store = (area) => ({
    get: (key) => { try { return area().getItem("esg-" + key); } catch { return null; } },
    set: (key, value) => { try { area().setItem("esg-" + key, value); } catch { /* private window: not kept */ } },
  });
  const kept = store(() => window.localStorage); // stays
  const tab = store(() => window.sessionStorage); // as long as this tab

  // The browser's first language that the screens speak, unless the user chose one here.
  const browserLanguage = () => {
    for (const name of navigator.languages || [navigator.language || ""]) {
      const lower = name.toLowerCase();
      if (/^zh-(tw|hk|mo|hant)/.test(lower)) return "zh-Hant";
      if (/^zh/.test(lower)) return "zh-Hans";
      if (/^en/.test(lower)) return "en";
    }
    return "en";
  };
  const chosen = kept.get("language");
  const language = LOCALES[chosen] ? chosen : browserLanguage();
  // Gradio reads the language of the labels from here.
  Object.defineProperty(navigator, "language", { configurable: true, get: () => LOCALES[language] });
  Object.defineProperty(navigator, "languages", { configurable: true, get: () => [LOCALES[language]] });
  document.documentElement.lang = language;
  document.documentElement.dataset.language = language; // Gradio sets lang again, its own way

  const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
  const applyTheme = () => {
    const wanted = kept.get("theme") || (systemDark.matches ? "dark" : "light");
    document.documentElement.dataset.theme = wanted;
    document.documentElement.style.colorScheme = wanted;
    if (document.body && document.body.classList.contains("dark") !== (wanted === "dark")) {
      document.body.classList.toggle("dark", wanted === "dark");
    }
  };
  applyTheme();
  systemDark.addEventListener("change", applyTheme);
  document.addEventListener("DOMContentLoaded", () => {
    applyTheme();
    // Gradio sets its own idea of the theme once; ours stays.
    new MutationObserver(applyTheme).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  });

  // Keeps the children of `box` equal to `items` ({key, html}), touching only those that changed: what the reader has
  // selected, unfolded or focused elsewhere stays as it is.
  const sync = (box, items) => {
    const old = new Map([...box.children].map((child) => [child.dataset.key, child]));
    let before = null;
    for (const { key, html, group } of items || []) {
      let child = old.get(key);
      old.delete(key);
      if (!child) {
        child = document.createElement("div");
        child.dataset.key = key;
      }
      if (group) child.dataset.group = group;
      if (child._html !== html) {
        const open = [...child.querySelectorAll("details")].map((item) => item.open);
        child.innerHTML = html;
        child._html = html;
        child.querySelectorAll("details").forEach((item, place) => { item.open = open[place] ?? item.open; });
      }
      const next = before ? before.nextSibling : box.firstChild;
      if (child !== next) box.insertBefore(child, next);
      before = child;
    }
    for (const child of old.values()) child.remove();
  };

  const $ = (selector) => document.querySelector(selector);
  let evidenceBox = null;
  const groupOf = (id) => id.split("-")[1];

  const showGroup = (group) => {
    if (!evidenceBox) return;
    evidenceBox.dataset.active = group;
    for (const child of evidenceBox.children) child.hidden = child.dataset.group !== group;
    const any = [...evidenceBox.children].some((child) => !child.hidden);
    evidenceBox.parentElement.classList.toggle("blank", !any);
  };

  const reveal = (id) => {
    const card = document.getElementById(id)?.closest(".card, .turn");
    if (!card) return false;
    if (id.startsWith("e-") || id.startsWith("f-")) showGroup(groupOf(id));
    document.querySelectorAll(".card.now").forEach((other) => other.classList.remove("now"));
    if (card.tagName === "DETAILS") card.open = true;
    card.classList.add("now");
    card.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    card.focus({ preventScroll: true });
    return true;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#e-"], a[href^="#f-"], a[href^="#t-"]');
    if (!link) return;
    const id = link.getAttribute("href").slice(1);
    if (reveal(id)) {
      event.preventDefault();
      history.replaceState(null, "", "#" + id);
      if (id.startsWith("t-")) $(`#${CSS.escape(id)} .mark`)?.focus();
    }
  });

  const atEnd = () => window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 160;
  const say = (text) => { const box = $("#live"); if (box) box.textContent = text; };

  const copyText = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // not a secure origin
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  // The answer's words with [n], then where each [n] points.
  const plainAnswer = (turn) => {
    const answer = turn.querySelector(".a").cloneNode(true);
    answer.querySelectorAll(".check, svg, .progress").forEach((item) => item.remove());
    answer.querySelectorAll("a.mark").forEach((mark) => { mark.textContent = `[${mark.textContent}]`; });
    const lines = [...answer.querySelectorAll("p, tr, .big, .formula, li, .verdict")]
      .map((item) => item.tagName === "TR" ? [...item.children].map((cell) => cell.textContent.trim()).join("\t") : item.textContent.replace(/\s+/g, " ").trim());
    const sources = [...new Set([...turn.querySelectorAll("a.mark")].map((mark) => mark.getAttribute("href").slice(1)))]
      .map((id) => {
        const badge = document.getElementById(id), card = badge?.closest(".card");
        return card ? `[${badge.textContent}] ${card.querySelector(".where b").textContent} ${card.querySelector(".report").textContent}, ${card.querySelector(".place").textContent}` : "";
      }).filter(Boolean);
    return [turn.querySelector("h2").lastChild.textContent, ...lines, ...sources].filter(Boolean).join("\n");
  };

  const editQuestion = (turn, id, trigger) => {
    const head = turn.querySelector("h2");
    if (turn.querySelector(".q textarea")) return;
    const area = document.createElement("textarea");
    area.value = head.lastChild.textContent;
    area.rows = Math.min(6, Math.ceil(area.value.length / 40));
    area.setAttribute("aria-label", turn.querySelector('[data-do="edit"]').getAttribute("aria-label"));
    const close = () => { area.remove(); head.hidden = false; turn.querySelector('[data-do="edit"]').focus(); };
    area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        if (area.value.trim()) trigger("ask", { question: area.value, replaces: id });
      }
    });
    head.hidden = true;
    head.after(area);
    area.focus();
  };

  // Whether `value` is to be shown in `box`: of the conversation that is open there, and read after what is shown now.
  const isNews = (box, value) => {
    const { id, revision } = box._shown || {};
    if (!value.opened && (id ?? value.id) !== value.id) return false;
    if (!value.opened && revision > value.revision) return false;
    box._shown = { id: value.id, revision: value.revision };
    return true;
  };

  const conversation = (element, trigger, props, watch) => {
    const box = element.querySelector(".turns");
    const update = () => {
      const value = props.value || {};
      if (!isNews(box, value)) return;
      const follow = atEnd();
      const fresh = value.last && value.last !== box.dataset.last;
      const before = document.getElementById("t-" + box.dataset.last)?.getBoundingClientRect();
      const seen = before && before.bottom <= window.innerHeight; // an answer whose end was in sight grows in sight
      sync(box, value.items);
      box.dataset.last = value.last || "";
      if (value.id !== undefined) { tab.set("conversation", value.id); }
      if (value.say) say(value.say);
      if (fresh || seen) document.getElementById("t-" + value.last)?.scrollIntoView({ block: "nearest" });
      else if (follow && value.running) window.scrollTo({ top: document.documentElement.scrollHeight });
    };
    watch("value", update);
    update();
    element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (!button) return;
      const id = button.dataset.turn;
      const turn = document.getElementById("t-" + id);
      const question = turn?.querySelector("h2")?.lastChild.textContent;
      switch (button.dataset.do) {
        case "suggest": trigger("ask", { question: button.textContent, replaces: null }); break;
        case "retry": trigger("ask", { question, replaces: id }); break;
        case "edit": editQuestion(turn, id, trigger); break;
        case "copy":
          copyText(plainAnswer(turn));
          say(button.dataset.done);
          button.classList.add("done");
          setTimeout(() => button.classList.remove("done"), 1500);
          break;
        case "good": trigger("rate", { turn: id, rating: "good", reason: "", note: "" }); break;
        case "bad": {
          const form = turn.querySelector("form.why");
          form.hidden = !form.hidden;
          if (!form.hidden) form.querySelector("select").focus();
        }
      }
    });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target;
      trigger("rate", {
        turn: form.dataset.turn, rating: "bad",
        reason: form.querySelector("select").value, note: form.querySelector("input").value,
      });
    });
  };

  const evidence = (element, props, watch) => {
    evidenceBox = element.querySelector(".cards");
    const update = () => {
      const value = props.value || {};
      if (!isNews(evidenceBox, value)) return;
      sync(evidenceBox, value.items);
      const known = evidenceBox.dataset.active;
      const keep = value.active === evidenceBox.dataset.asked && [...evidenceBox.children].some((child) => child.dataset.group === known);
      evidenceBox.dataset.asked = value.active || "";
      showGroup(keep ? known : value.active || "");
    };
    watch("value", update);
    update();
  };

  // Lists whose entries do one thing when pressed: history, reports.
  const list = (element, trigger, names) => {
    element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (!button || !names.includes(button.dataset.do)) return;
      if (button.dataset.confirm && !window.confirm(button.dataset.confirm)) return;
      trigger(button.dataset.do, { id: button.dataset.id });
    });
  };

  // The comparison: a figure in the table and a point of the chart open the same source.
  const figures = (element, trigger) => {
    const open = (id) => { if (id) trigger("source", { id }); };
    element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button?.dataset.do === "source") open(button.dataset.id);
      if (button?.dataset.do === "also") trigger("also", { id: button.dataset.id });
      if (button?.dataset.do === "png") $('#figures-chart .modebar-btn[data-title^="Download"]')?.click();
    });
    const chart = $("#figures")?.parentElement || document.body;
    new MutationObserver(() => {
      const plot = document.querySelector("#figures-chart .js-plotly-plot");
      if (!plot || plot._esg || !plot.on) return;
      plot._esg = true;
      plot.on("plotly_click", (event) => open(event.points[0]?.customdata));
    }).observe(chart, { childList: true, subtree: true });
  };

  const topbar = (element) => {
    element.addEventListener("change", (event) => {
      if (event.target.id !== "language") return;
      kept.set("language", event.target.value);
      window.location.reload();
    });
    // The history belongs to the first tab; from any other, that one is opened first.
    const inAsk = (then) => {
      const first = $("[role=tab]");
      if (first.getAttribute("aria-selected") !== "true") first.click();
      setTimeout(then);
    };
    element.addEventListener("click", (event) => {
      if (event.target.closest("#open-history")) inAsk(() => $(".sidebar .toggle-button")?.click());
      if (event.target.closest("#start-new")) inAsk(() => { $("#new")?.click(); $("#question textarea")?.focus(); });
      if (!event.target.closest("#theme")) return;
      kept.set("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
      applyTheme();
    });
  };

  window.esg = {
    language: () => language,
    conversationId: () => tab.get("conversation") || "",
    conversation, evidence, figures, list, topbar,
  };
})();
