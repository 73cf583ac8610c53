"use strict";
// What all scripts of the page share. Text reaches the page as text, never as markup; scripts are classic ones that hang
// their names on `Page`, since a page opened from a file may load no modules.
const Page = {};

{
  Page.BLANK = "——";
  Page.MARKS = ["", "unmet", "unknown"];
  Page.SIGNS = ["✓", "✕", "？"];

  Page.byId = (id) => document.getElementById(id);
  Page.all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /** Give an element attributes (on… listens; false, undefined and "" leave out) and children (text or elements). */
  function furnish(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === false || value === undefined || value === "") continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children); // append makes text of strings: a school named <b> stays a name
    return element;
  }

  Page.make = (tag, attributes = {}, ...children) => furnish(document.createElement(tag), attributes, children);
  Page.svg = (tag, attributes = {}, ...children) =>
    furnish(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

  /** The first number of a printed text ("1,204", "0.512※", "未达5"), NaN where there is none. */
  Page.figure = (text) => Number.parseFloat(text.replace(/^[^\d−-]+/, "").replace("−", "-"));

  Page.stage = (id) => CITY.stages.find((one) => one.id === id);
  Page.indicator = (id) => CITY.indicators.find((one) => one.id === id);
  /** A county's row of one coefficient: [stage, indicator, mean, coefficient, limit, verdict, last year's]. */
  Page.spreadOf = (county, stage, key) => county.spread.find((row) => row[0] === stage && row[1] === key);
  Page.countyOf = (code) => CITY.counties.find((one) => one.code === code);
  Page.verdict = (mark, veto = false) => (veto ? CITY.vetoes : CITY.verdicts)[mark];

  /** A day of the data (2025-03-01) in words; the present run has none. */
  Page.day = (day) => (day === "" ? "本次" : day.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日"));

  /** Listen to whatever changes a control. */
  Page.onInput = (control, act) => ["input", "change"].forEach((kind) => control.addEventListener(kind, act));
}
