/** @import { Watched } from "../watch/mod.d.ts" */
import { find, show } from "./dom.js";
import { CONNECTION, OFFLINE, problemWords } from "./words.js";

/** Says how the page stands to the server: whether it is live, or what is wrong, and never both. */
export class ConnectionStatus {
  /** @type {Partial<Pick<Watched, "connection" | "error">>} */
  #last = {};

  constructor() {
    for (const event of ["online", "offline"]) addEventListener(event, () => this.#show());
  }

  /** What is known now; nothing while nobody is signed in. @param {Partial<Pick<Watched, "connection" | "error">>} now */
  update(now) {
    this.#last = now;
    this.#show();
  }

  #show() {
    const { connection, error } = this.#last;
    const isOffline = connection && !navigator.onLine;
    const trouble = isOffline ? OFFLINE : error && problemWords(error, true);
    show(find("#problem"), trouble);
    const element = find("#connection");
    element.dataset.connection = connection;
    show(element, connection && !trouble ? CONNECTION[connection] : null);
  }
}
