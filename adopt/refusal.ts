/** Why a project cannot be adopted, in a sentence for whoever asked for it. */
export class Refusal extends Error {}
