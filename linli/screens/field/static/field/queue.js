/* Commands that wait on the phone, in IndexedDB: {id, account, made_at, action, kind, number, code,
   fields: [[name, value]], files: [{name, blob, filename}], title, refused}. A matter that is no case has the code of
   its kind and its id as number; commands kept by an older page have no kind. A command leaves only when the server has confirmed its id, or when
   the person has read why it was refused. */
const BASE = "linli-field";
const STORE = "commands";

function open() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(BASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function within(mode, work) {
  const base = await open();
  try {
    return await new Promise((done, failed) => {
      const change = base.transaction(STORE, mode);
      const asked = work(change.objectStore(STORE));
      // Not before the whole change is written: only then may the person be told that it is safe.
      change.oncomplete = () => done(asked.result);
      change.onerror = () => failed(change.error);
      change.onabort = () => failed(change.error);
    });
  } finally {
    base.close();
  }
}

export const put = (command) => within("readwrite", (store) => store.put(command));
export const remove = (id) => within("readwrite", (store) => store.delete(id));

/* Those of one login, the oldest first: another person on the same phone must not send them. */
export async function waiting(account) {
  const every = await within("readonly", (store) => store.getAll());
  return every.filter((one) => one.account === account).sort((a, b) => (a.made_at < b.made_at ? -1 : 1));
}

/* Everything a form would have sent, as a command. */
export function fromForm(form, account) {
  const fields = [];
  const files = [];
  for (const [name, value] of new FormData(form)) {
    if (name === "csrfmiddlewaretoken") continue;
    if (!(value instanceof File)) fields.push([name, value]);
    else if (value.size) files.push({ name, blob: value, filename: value.name });
  }
  const { queue, kind = "", number = "", code = "", title = document.title } = form.dataset;
  return { id: crypto.randomUUID(), account, made_at: new Date().toISOString(), action: queue, kind, number, code, title, fields, files };
}

/* The answer of the server, or null when there is none to rely on (no signal, log-in page, fault). */
export async function send(command, address, token) {
  const data = new FormData();
  for (const [name, value] of command.fields) data.append(name, value);
  for (const { name, blob, filename } of command.files) data.append(name, blob, filename);
  for (const name of ["id", "made_at", "action", "kind", "number", "code"]) data.set(name, command[name] ?? "");
  try {
    const answer = await fetch(address, { method: "POST", body: data, headers: { "X-CSRFToken": token, Accept: "application/json" } });
    if (!answer.ok || !(answer.headers.get("Content-Type") ?? "").includes("json")) return null;
    const words = await answer.json();
    return words.id === command.id ? words : null;
  } catch {
    return null;
  }
}
