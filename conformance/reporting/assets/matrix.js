// Orders the lines of each part of the tables, as the form says, and says in words what the cell under the mouse means.
(() => {
  document.addEventListener("mouseover", (event) => {
    const cell = event.target.closest("td [aria-label]");
    if (cell) cell.title = cell.getAttribute("aria-label");
  });
  const order = document.querySelector("select[data-orders]");
  if (!order) return;
  const bodies = [...document.querySelectorAll("table.matrix tbody")].map((body) => [body, [...body.querySelectorAll("[data-item]")]]);
  const failing = (line) => line.querySelectorAll("td.failed, td.deviation").length;
  const orders = {
    "": () => 0,
    name: (one, other) => one.firstElementChild.textContent.localeCompare(other.firstElementChild.textContent),
    failing: (one, other) => failing(other) - failing(one),
  };
  const apply = () => {
    for (const [body, lines] of bodies) body.append(...[...lines].sort(orders[order.value]));
  };
  document.addEventListener("filtered", apply);
  apply();
})();
