"""The one exception that carries a sentence for the user."""


class RefusedError(Exception):
    """An act is refused; `sentence` is what the user reads.

    `sentence` names the place, the reason and the remedy, in Chinese. `status` is the HTTP
    status of the answer: 409 out of step or taken, 403 not allowed, 422 bad input, 404 not there.
    `detail` goes beside the sentence where a script asked for JSON (autosave's other window).
    Raised by rules' callers, permissions, actions and imports; turned into a page by
    `middleware.refusals` and into an exit code by the commands; never caught in a view.
    """

    def __init__(
        self, sentence: str, *, status: int = 409, detail: dict[str, object] | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.detail = detail or {}
