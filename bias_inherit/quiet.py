"""Keep the libraries' own chatter off the screen; warnings of ours and errors stay."""

import logging
import warnings


def quieten_libraries() -> None:
    """Lower the log levels of lm-eval, transformers, datasets and peft in this process."""
    import datasets
    import transformers

    for name in ("lm_eval", "lm-eval", "transformers", "peft", "accelerate", "huggingface_hub"):
        logging.getLogger(name).setLevel(logging.ERROR)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    datasets.disable_progress_bars()
    warnings.filterwarnings("ignore", module=r"(peft|transformers|torch|datasets|accelerate)(\..*)?")
