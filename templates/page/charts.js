"use strict";
// Charts by ECharts, as SVG and in the page's colours. Each has its words beside it, and a table with the same figures.
{
  const { byId, all, BLANK } = Page;
  const FONT = '"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif';
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const drawn = new Map();

  /** Draw into the element `id`, `height` pixels high; `build` returns the options and is asked again when colours change. */
  function draw(id, height, text, build, open) {
    const place = byId(id);
    place.style.height = `${height}px`;
    place.setAttribute("aria-label", text);
    byId(`${id}-text`).textContent = text;
    const old = drawn.get(id);
    if (old && old.chart.getDom() !== place) old.chart.dispose(), drawn.delete(id);
    const chart = drawn.get(id)?.chart ?? echarts.init(place, null, { renderer: "svg" });
    drawn.set(id, { chart, build });
    chart.resize();
    chart.setOption(build(), { notMerge: true });
    chart.off("click");
    if (open) chart.on("click", open);
  }

  const common = () => ({
    animation: false,
    textStyle: { fontFamily: FONT, fontSize: 13, color: colour("ink") },
    tooltip: { trigger: "item", confine: true, backgroundColor: colour("panel"), borderColor: colour("line"), textStyle: { color: colour("ink"), fontFamily: FONT }, formatter: (point) => Page.make("span", {}, point.data.told ?? "") },
    legend: { top: 0, left: 0, itemHeight: 10, itemWidth: 14, itemGap: 16, textStyle: { color: colour("ink") } },
  });
  const valueAxis = (name) => ({ type: "value", name, nameLocation: "middle", nameGap: 26, axisLine: { onZero: false }, nameTextStyle: { color: colour("muted") }, axisLabel: { color: colour("muted") }, splitLine: { lineStyle: { color: colour("grid") } } });
  const nameAxis = (names) => ({ type: "category", data: names, inverse: true, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line") } }, axisLabel: { color: colour("ink"), interval: 0, fontSize: 13 } });
  const dashed = (at, words) => ({ silent: true, symbol: "none", lineStyle: { color: colour("ink"), type: "dashed", width: 1.5 }, label: { formatter: words, color: colour("ink"), position: "start", distance: 4 }, data: [{ xAxis: at }] });
  const barOf = (row, look) => ({ value: row.x, told: `${row.name}：${row.text}`, code: row.code, itemStyle: look });

  /** Rows of bars: those of one county each, with last year's value as a tick; `failed` rows are hatched. */
  function bars(rows, axis, names, limit) {
    const failed = { color: colour("bad"), decal: { symbol: "rect", color: colour("panel"), dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 } };
    const series = [
      { type: "bar", name: names[0], barMaxWidth: 16, color: colour("bar"), data: rows.map((row) => barOf(row, row.failed ? failed : { color: colour("bar") })), markLine: limit ? dashed(Number(limit), `限值${limit}`) : undefined },
    ];
    const last = rows.filter((row) => row.before !== undefined);
    if (last.length)
      series.push({ type: "scatter", name: names[1], symbol: "rect", symbolSize: [3, 18], color: colour("ink"), data: last.map((row) => ({ value: [row.before, row.name], told: `${row.name}：上年度${row.beforeText}`, code: row.code })) });
    const figures = { ...nameAxis(rows.map((row) => row.text)), position: "right", axisLine: { show: false } };
    return { ...common(), grid: { left: 4, right: 4, top: 44, bottom: 36, containLabel: true }, xAxis: valueAxis(axis), yAxis: [nameAxis(rows.map((row) => row.name)), figures], series };
  }

  const openCounty = (point) => point.data.code && (location.hash = `#/${point.data.code}`);
  const tall = (count) => 84 + Math.max(count, 1) * 28;

  /** Rows in the wanted order; what is not known stands last. `worst` puts high values first. */
  function ordered(rows, by, worst) {
    const last = (value) => (value === null || value === undefined || Number.isNaN(value) ? Infinity : value);
    const keys = {
      value: (row) => last(row.open ? NaN : worst ? -row.x : row.x),
      place: (row) => last(row.place),
      code: (row) => Number(row.code),
    };
    return [...rows].sort((one, other) => keys[by](one) - keys[by](other) || one.code.localeCompare(other.code));
  }

  const known = (text) => (text === undefined || text === "" || text === BLANK ? undefined : Number.parseFloat(text));
  const heading = (stage, indicator) => `${stage.name}${indicator ? `${indicator.id} ${indicator.short}` : "综合"}差异系数`;

  function spreadRow(county, stage, key, limited) {
    const [, , , cv, , verdict, before] = Page.spreadOf(county, stage.id, key) ?? [];
    const x = known(cv);
    const open = x === undefined;
    const failed = limited && verdict === 1;
    return { code: county.code, name: county.short, place: county.place, x: open ? 0 : x, open, failed, text: open ? "无法判定" : `${cv}${failed ? " 超限" : ""}`, before: known(before), beforeText: before };
  }

  /** The coefficients of one stage and indicator, a bar a county. */
  Page.drawSpread = (counties, stageId, key, by) => {
    const stage = Page.stage(stageId), indicator = Page.indicator(key);
    const rows = ordered(counties.map((county) => spreadRow(county, stage, key, Boolean(indicator))), by, true);
    const over = rows.filter((row) => row.failed).length, open = rows.filter((row) => row.open).map((row) => row.name);
    const rule = indicator ? `虚线为限值${stage.limit}，超过限值的${over}个县（市、区）（加斜纹）` : "不设限值";
    const text = `${heading(stage, indicator)}：条形为${CITY.year}年度，竖线为上年度，${rule}${open.length ? `；无法判定：${open.join("、")}` : ""}。数值同“差异系数”表。`;
    draw("chart-spread", tall(rows.length), text, () => bars(rows, heading(stage, indicator), [`${CITY.year}年度`, `${CITY.year - 1}年度`], indicator && stage.limit), openCounty);
  };

  /** The share of units that are 达标, a bar a county. */
  Page.drawShare = (counties, by) => {
    const rows = ordered(
      counties.map((county) => {
        const x = known(county.share[2]);
        return { code: county.code, name: county.short, place: county.place, x: x ?? 0, open: x === undefined, text: x === undefined ? "有单元无法判定" : `${county.share[2]}%`, before: known(county.before?.share[2]), beforeText: `${county.before?.share[2]}%` };
      }),
      by,
      true
    );
    const text = `各县（市、区）达标单元占比：条形为${CITY.year}年度，竖线为上年度。数值同“年度比较”和“排名”表。`;
    draw("chart-share", tall(rows.length), text, () => bars(rows, "达标单元占比（%）", [`${CITY.year}年度`, `${CITY.year - 1}年度`]), openCounty);
  };

  /** How the year went: units that are 达标 at each run, of the counties given. */
  Page.drawHistory = (id, codes) => {
    const total = (run, key) => codes.reduce((sum, code) => sum + (run.counties[code]?.[key] ?? 0), 0);
    const days = CITY.history.map((run) => Page.day(run.day));
    const points = (key, word) => CITY.history.map((run, place) => ({ value: total(run, key), told: `${days[place]}：${word}${total(run, key)}个` }));
    const line = (name, key, look, position) => ({ type: "line", step: "end", name, data: points(key, name), symbolSize: 8, color: look, lineStyle: { width: 2.5 }, label: { show: true, position, offset: [22, 0], color: colour("ink") } });
    const text = `年度内各次汇总的评估单元数和达标单元数，共${days.length}次。数值见表。`;
    draw(id, 260, text, () => ({
      ...common(),
      grid: { left: 8, right: 40, top: 40, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: days, boundaryGap: true, axisLabel: { color: colour("ink"), hideOverlap: true }, axisLine: { lineStyle: { color: colour("line") } } },
      yAxis: { ...valueAxis(""), minInterval: 1 },
      series: [line("全部单元", "units", colour("muted"), "top"), line("达标单元", "met", colour("bar"), "bottom")],
    }));
  };

  const FARTHEST = 3;

  /** Every unit of a stage as a dot: how far its value reaches the threshold (the dashed line), a row an indicator. */
  Page.drawUnits = (county, stageId) => {
    const stage = Page.stage(stageId);
    const units = county.units.filter((unit) => unit[2] === stageId);
    const names = CITY.indicators.map((one) => `${one.id} ${one.short}`);
    const dots = (mark) =>
      CITY.indicators.flatMap((one, place) =>
        units.flatMap((unit, number) => {
          const ratio = unit[8][place];
          if (ratio === null || Number(unit[5][place]) !== mark) return [];
          const spread = (((number * 7) % 11) - 5) / 16; // dots of one value beside each other, the same way each time
          return [{ value: [Math.min(ratio, FARTHEST), place + spread], code: unit[0], told: `${unit[1]}：${one.short}${unit[4][place]}${one.unit}（标准${one.asked[stageId]}）` }];
        })
      );
    const series = (name, mark, look, symbol) => ({ type: "scatter", name, symbol, symbolSize: 8, color: look, itemStyle: { opacity: 0.75 }, data: dots(mark) });
    const text = `${stage.name}${units.length}个评估单元的各项指标值与标准值之比：每点为一个单元，虚线右侧为达到标准值的；超过${FARTHEST}倍的画在${FARTHEST}处。选择一点，在学校名单中查看该校。`;
    draw("chart-units", 92 + names.length * 46, text, () => ({
      ...common(),
      grid: { left: 8, right: 36, top: 40, bottom: 40, containLabel: true },
      xAxis: { ...valueAxis("指标值与标准值之比（倍）"), min: 0, max: FARTHEST },
      yAxis: { type: "value", min: -1, max: names.length, inverse: true, interval: 1, axisTick: { show: false }, axisLine: { show: false }, splitLine: { lineStyle: { color: colour("grid") } }, axisLabel: { color: colour("ink"), fontSize: 13, formatter: (place) => names[place] ?? "" } },
      series: [
        { ...series("达到", 0, colour("bar"), "circle"), markLine: dashed(1, "标准值") },
        series("未达到", 1, colour("bad"), "triangle"),
      ],
    }), (point) => point.data.code && (location.hash = `#/${county.code}/school/${point.data.code}/${stageId}`));
  };

  /** Give the charts the colours of the present theme, or a width for paper (0: that of the page). */
  Page.redrawCharts = (width = 0) => {
    for (const { chart, build } of drawn.values()) {
      if (!chart.getDom().isConnected) continue;
      chart.resize({ width: width || "auto" });
      chart.setOption(build(), { notMerge: true });
      chart.getZr().flush(); // paper does not wait for the next frame
    }
  };

  Page.forgetCharts = (within) => {
    for (const [id, { chart }] of drawn) if (within.contains(chart.getDom())) chart.dispose(), drawn.delete(id);
  };

  addEventListener("resize", () => all(".chart").length && [...drawn.values()].forEach(({ chart }) => chart.resize()));
}
