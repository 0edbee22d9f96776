// Filters what stands on the page, and keeps them in the address: #?status=failed&q=cache. Without this script everything is shown.
(() => {
  const form = document.querySelector("form.filters");
  if (!form) return;
  const items = [...document.querySelectorAll("[data-item]")];
  const fields = [...form.elements].filter((field) => field.name);
  const count = form.querySelector("output");

  const orders = new Set(fields.filter((field) => "orders" in field.dataset).map((field) => field.name));
  const shows = (item, wanted) => Object.entries(wanted).every(([name, value]) =>
    orders.has(name) || (name === "q" ? item.textContent.toLowerCase().includes(value.toLowerCase()) : (item.dataset[name] || "").split(" ").includes(value)));

  const wanted = () => Object.fromEntries(fields.map((field) => [field.name, field.value.trim()]).filter(([, value]) => value));

  const apply = () => {
    const now = wanted();
    let shown = 0;
    for (const item of items) {
      item.hidden = !shows(item, now);
      if (!item.hidden) shown += 1;
    }
    for (const group of document.querySelectorAll("[data-group]")) {
      const left = [...group.querySelectorAll("[data-item]")].some((item) => !item.hidden);
      group.hidden = !left;
      if (Object.keys(now).length && left && "open" in group) group.open = true;
    }
    count.textContent = Object.keys(now).length ? `${shown} of ${items.length}` : `${items.length}`;
    const query = new URLSearchParams(now).toString();
    document.dispatchEvent(new Event("filtered"));
    if (query || location.hash.startsWith("#?")) history.replaceState(null, "", query ? `#?${query}` : "#");
  };

  const read = () => {
    if (!location.hash.startsWith("#?")) return;
    const asked = new URLSearchParams(location.hash.slice(2));
    for (const field of fields) field.value = asked.get(field.name) || "";
    apply();
  };

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  addEventListener("hashchange", read);
  location.hash.startsWith("#?") ? read() : apply();
})();
