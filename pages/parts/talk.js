// Draws turns, each sentence of the patient to be clicked. Every text becomes a text node: what was said is
// never taken for markup.
export default function ({ data, parentElement, setTriggerValue }) {
  const node = (tag, name, ...inside) => {
    const made = document.createElement(tag);
    made.className = name;
    made.append(...inside);
    return made;
  };
  const icon = (name) => {
    const made = node("span", "icon", name);
    made.ariaHidden = "true";
    return made;
  };
  const sentence = (one) => {
    const made = node("span", `sentence ${one.color}`);
    if (one.icon) made.append(icon(one.icon), " ");
    made.append(one.text);
    made.title = one.word;
    made.tabIndex = 0;
    made.role = "button";
    made.ariaPressed = String(one.field === data.chosen);
    made.onclick = () => setTriggerValue("sentence", one.field === data.chosen ? "" : one.field);
    made.onkeydown = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      made.onclick();
    };
    return made;
  };
  const turn = (one) => {
    const words = node("div", "words");
    if (one.head) words.append(node("div", "aside", one.head));
    if (one.text) words.append(one.text);
    for (const part of one.parts) words.append(sentence(part), " ");
    if (one.note) words.append(node("div", "aside", one.note));
    const made = node("div", `turn ${one.role}`, node("div", "who", icon(one.icon)), words);
    made.role = "group";
    made.ariaLabel = one.role;
    return made;
  };
  parentElement.querySelector(".talk").replaceChildren(...data.turns.map(turn));

  // A dialogue that is opened begins at its top, wherever the list was left.
  const host = parentElement.host;
  if (data.opened && host.dataset.opened !== data.opened) {
    host.dataset.opened = data.opened;
    host.closest('[data-testid="stMain"]')?.scrollTo(0, 0);
  }
}
