"use strict";
// Addresses (#/county/what), search over all schools, theme, print: what the city's page and a county's own share.
{
  const { make, byId, all } = Page;
  const MOST = 12;
  let lastLink = null;

  // ---- Addresses --------------------------------------------------------------------------------------------------

  /** What an address asks for: a county, the kind of thing there, and which: #/<code>/units/primary/L2. */
  function asked() {
    const [, code, kind = "", first = "", second = ""] = location.hash.match(/^#\/(\d{6})(?:\/(\w+))?(?:\/(\w+))?(?:\/(\w+))?$/) ?? [];
    const wish = { county: code ?? (CITY.own ? CITY.counties[0].code : ""), kind, key: first };
    if (kind === "units" || kind === "spread") return { ...wish, stage: first, indicator: second };
    if (kind === "school") return { ...wish, code: first, stage: second };
    return kind === "item" ? { ...wish, item: second } : wish;
  }

  function showCounty(county, gone, wish) {
    const place = byId("county");
    Page.forgetCharts(place);
    place.replaceChildren(...(county ? Page.countyView(county, wish) : Page.absentView(gone)));
    if (county) Page.drawCounty(county, wish);
    const part = county && Page.partOf(wish);
    const heading = part ? part.querySelector("h3") : place.querySelector("h2");
    heading.focus({ preventScroll: true });
    const row = part && part.querySelector("tr.chosen");
    if (row && wish.kind !== "spread") row.scrollIntoView({ block: "center" });
    else if (part) part.scrollIntoView();
    else scrollTo(0, 0);
  }

  function route() {
    if (location.hash === "#main") return; // the link over the contents leads there
    const wish = asked();
    const county = Page.countyOf(wish.county), gone = CITY.absent.find((one) => one.code === wish.county);
    const open = Boolean(county || gone);
    const was = !byId("county").hidden;
    byId("county").hidden = !open;
    if (byId("city")) byId("city").hidden = open;
    if (open) showCounty(county, gone, wish);
    else if (was) backToCity();
  }

  function backToCity() {
    Page.forgetCharts(byId("county"));
    byId("county").replaceChildren();
    const target = location.hash.length > 1 && byId(location.hash.slice(1));
    if (target) target.scrollIntoView();
    if (lastLink?.isConnected && lastLink.getClientRects().length) lastLink.focus({ preventScroll: true });
    dispatchEvent(new Event("resize")); // charts that were hidden while the window changed have the old width
  }

  // ---- Search -----------------------------------------------------------------------------------------------------

  /** Every unit whose school's name or code holds the word. */
  function find(word) {
    return CITY.counties.flatMap((county) => county.units.filter(([code, name]) => name.includes(word) || code.includes(word)).map((unit) => ({ county, unit })));
  }

  function search() {
    const word = byId("find").value.trim();
    const list = byId("found");
    list.hidden = word === "";
    if (word === "") return;
    const hits = find(word);
    const links = hits.slice(0, MOST).map(({ county, unit: [code, name, stage, , , , verdict] }) =>
      make("a", { href: `#/${county.code}/school/${code}/${stage}` }, make("b", {}, name), make("span", {}, `${county.short} ${Page.stage(stage).name} ${Page.verdict(verdict)}`))
    );
    const total = CITY.counties.reduce((sum, county) => sum + county.units.length, 0);
    const more = hits.length === 0 ? `没有名称或标识码含“${word}”的学校（共查找${total}个单元；不作为评估单元的学校不在其中）。` : hits.length > MOST ? `共${hits.length}个单元，显示前${MOST}个，请多写几个字。` : `共${hits.length}个单元。`;
    list.replaceChildren(...links, make("p", { class: "note" }, more));
  }

  /** Arrows go through what was found, Enter opens the first, Escape leaves. */
  function onKey(event) {
    const list = byId("found");
    if (event.key === "Escape") {
      byId("find").value = "";
      list.hidden = true;
      byId("find").focus();
      return;
    }
    const stops = [byId("find"), ...all("a", list)];
    if (event.key === "Enter" && event.target === stops[0] && !list.hidden) stops[1]?.click();
    const next = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!next || list.hidden) return;
    event.preventDefault();
    stops[Math.min(Math.max(stops.indexOf(document.activeElement) + next, 0), stops.length - 1)].focus();
  }

  // ---- Theme and print ---------------------------------------------------------------------------------------------

  function setTheme(dark) {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    byId("theme").textContent = dark ? "浅色" : "深色";
    Page.redrawCharts();
  }

  const dark = matchMedia("(prefers-color-scheme: dark)");

  /** On paper the page is light and as wide as the paper, whatever the screen is. */
  function forPaper(begins) {
    const before = document.documentElement.dataset.theme;
    if (begins) document.documentElement.dataset.screen = before;
    document.documentElement.dataset.theme = begins ? "light" : document.documentElement.dataset.screen;
    Page.redrawCharts(begins ? 1000 : 0);
  }

  // ---- Begin --------------------------------------------------------------------------------------------------------

  if (!CITY.own) Page.startCity();
  byId("find").addEventListener("input", search); // not "change", which comes when the focus goes to what was found
  byId("find").parentElement.parentElement.addEventListener("keydown", onKey);
  byId("found").addEventListener("click", (event) => event.target.closest("a") && (byId("found").hidden = true));
  byId("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme !== "dark"));
  byId("print").addEventListener("click", () => print());
  dark.addEventListener("change", () => setTheme(dark.matches));
  document.addEventListener("click", (event) => (lastLink = event.target.closest('a[href^="#/"]') ?? lastLink));
  addEventListener("hashchange", route);
  addEventListener("beforeprint", () => forPaper(true));
  addEventListener("afterprint", () => forPaper(false));
  setTheme(dark.matches);
  route();
  document.documentElement.dataset.ready = "1";
}
