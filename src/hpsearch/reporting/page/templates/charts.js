// Charts answer: what a dot stands for, and which trials pass through parts of the axes.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const NEAR = 22;
  const drawn = (svg, style, path) => {
    const mark = document.createElementNS(SVG, "path");
    mark.setAttribute("class", style);
    mark.setAttribute("d", path);
    svg.append(mark);
    return mark;
  };
  const place = (svg, event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());

  // -- what a dot stands for

  const tip = page.made("div", "", document.body);
  tip.id = "tip";
  tip.hidden = true;
  let spot = null;
  const hide = () => {
    tip.hidden = true;
    if (spot) spot.remove();
    spot = null;
  };
  const show = (trial, event) => {
    tip.textContent = page.told(trial).join("\n");
    tip.hidden = false;
    const room = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - room.width - 4))}px`;
    tip.style.top = `${Math.max(4, Math.min(event.clientY + 14, innerHeight - room.height - 4))}px`;
  };
  const points = new WeakMap();
  const pointsOf = (svg) => {
    if (!points.has(svg)) {
      const found = [];
      for (const mark of svg.querySelectorAll("path[data-trials]")) {
        const trials = mark.dataset.trials.split(" ");
        let index = 0;
        for (const [, x, y] of mark.getAttribute("d").matchAll(/M(-?\d+) (-?\d+)/g)) {
          found.push([Number(x), Number(y), trials[index++]]);
        }
      }
      points.set(svg, found);
    }
    return points.get(svg);
  };
  for (const svg of document.querySelectorAll(".charts svg[role=img]")) {
    svg.addEventListener("pointermove", (event) => {
      const at = place(svg, event);
      let nearest = null;
      let least = NEAR * NEAR;
      for (const point of pointsOf(svg)) {
        const far = (point[0] - at.x) ** 2 + (point[1] - at.y) ** 2;
        if (far <= least) [nearest, least] = [point, far];
      }
      hide();
      if (!nearest) return;
      const [x, y, trial] = nearest;
      spot = drawn(svg, "spot", `M${x - 9} ${y}a9 9 0 1 0 18 0a9 9 0 1 0-18 0`);
      show(trial, event);
    });
    svg.addEventListener("pointerleave", hide);
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  // -- which trials pass

  const figure = document.querySelector(".parallel");
  if (!figure) return;
  const svg = figure.querySelector("svg");
  const threads = [...svg.querySelectorAll(".thread")].map((mark) => ({
    mark,
    trial: mark.dataset.trials,
    ys: [...mark.getAttribute("d").matchAll(/[ML](\d+) (\d+)/g)].map(([, , y]) => Number(y)),
  }));
  for (const { mark, trial } of threads) {
    mark.addEventListener("pointermove", (event) => show(trial, event));
    mark.addEventListener("pointerleave", hide);
  }
  const controls = page.made("div", "", figure);
  controls.className = "limits";
  const count = page.made("p", "", figure);
  const axes = [...svg.querySelectorAll(".grip")].map((grip) => {
    const axis = { grip, top: Number(grip.dataset.top), bottom: Number(grip.dataset.bottom), brush: null };
    const box = page.made("fieldset", "", controls);
    page.made("legend", grip.dataset.label, box);
    axis.ends = ["from", "to"].map((name, end) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "range", min: 0, max: 100, value: 100 * end });
      page.made("label", name, box).append(input);
      return input;
    });
    return axis;
  });
  const limits = ({ ends }) => ends.map((end) => Number(end.value)).sort((one, other) => one - other);
  const whole = (axis) => { const [low, high] = limits(axis); return low <= 0 && high >= 100; };
  const at = (axis, share) => axis.bottom - (axis.bottom - axis.top) * share / 100;
  const passes = (thread) => axes.every((axis, index) => {
    const [low, high] = limits(axis);
    // What lies at an end of a part that was drawn by hand is within a unit of it.
    return whole(axis) || (thread.ys[index] <= at(axis, low) + 1 && thread.ys[index] >= at(axis, high) - 1);
  });
  const picked = () => {
    for (const axis of axes) {
      if (axis.brush) axis.brush.remove();
      const [low, high] = limits(axis);
      const x = Number(axis.grip.dataset.x);
      axis.brush = whole(axis) ? null
        : drawn(svg, "brush", `M${x - 12} ${at(axis, high)}H${x + 12}V${at(axis, low)}H${x - 12}z`);
    }
    const inside = new Set(threads.filter(passes).map(({ trial }) => trial));
    for (const { mark, trial } of threads) mark.classList.toggle("out", !inside.has(trial));
    const all = axes.every(whole);
    page.pick(all ? null : inside);
    reset.hidden = all;
    count.textContent = all ? "" : `${inside.size} of ${threads.length} trials pass; the table shows them.`;
    page.say(count.textContent);
  };
  const reset = page.made("button", "Show all trials", figure);
  reset.type = "button";
  reset.addEventListener("click", () => {
    for (const { ends } of axes) [ends[0].value, ends[1].value] = [0, 100];
    picked();
  });
  for (const axis of axes) {
    for (const end of axis.ends) end.addEventListener("input", picked);
    const share = (event) => {
      const y = place(svg, event).y;
      return Math.max(0, Math.min(100, 100 * (axis.bottom - y) / (axis.bottom - axis.top)));
    };
    let start = null;
    axis.grip.addEventListener("pointerdown", (event) => {
      axis.grip.setPointerCapture(event.pointerId);
      start = share(event);
    });
    axis.grip.addEventListener("pointermove", (event) => {
      if (start === null) return;
      const now = share(event);
      [axis.ends[0].value, axis.ends[1].value] = [Math.min(start, now), Math.max(start, now)];
      picked();
    });
    axis.grip.addEventListener("pointerup", (event) => {
      // A click takes away what was picked along an axis.
      if (start !== null && Math.abs(share(event) - start) < 2) {
        [axis.ends[0].value, axis.ends[1].value] = [0, 100];
        picked();
      }
      start = null;
    });
  }
  picked();
})();
