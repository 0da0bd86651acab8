/** What is wrong with the flags and arguments of a command line, in the form of every other error. */
import { type ArgumentScannerError, formatMessageForArgumentScannerError } from "@stricli/core";
import { DescentError, quoted } from "../errors.ts";

const HELP = "what --help lists";

const message = (fault: string, accepted: string): string =>
  new DescentError("input", fault, { accepted }).message;

/** A flag as it is documented: `--max-inner` for `maxInner`. */
const flag = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The message for an error of the command-line library. */
export const argumentFault = (error: ArgumentScannerError): string =>
  formatMessageForArgumentScannerError(error, {
    FlagNotFoundError: ({ input, corrections }) =>
      message(`unknown flag ${quoted(`--${input}`)}`, [...corrections.map(flag), HELP].join(" or ")),
    AliasNotFoundError: ({ input }) => message(`unknown flag ${quoted(`-${input}`)}`, HELP),
    // Only flags without a value are parsed: all other values are texts here, and read later.
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, input }) =>
      message(`${flag(name)} takes no value such as ${quoted(input)}`, `${flag(name)} alone`),
    EnumValidationError: ({ externalFlagName: name, input, values }) =>
      message(`${quoted(input)} is no value of ${flag(name)}`, values.join(", ")),
    UnsatisfiedFlagError: ({ externalFlagName: name }) =>
      message(`${flag(name)} has no value`, `${flag(name)} with a value after it`),
    UnsatisfiedPositionalError: ({ placeholder }) => message(`no ${placeholder} given`, `one ${placeholder}`),
    UnexpectedPositionalError: ({ expectedCount, input }) =>
      message(
        `unexpected argument ${quoted(input)}`,
        expectedCount === 0
          ? "flags alone"
          : `${expectedCount} ${expectedCount === 1 ? "argument" : "arguments"} beside the flags`,
      ),
    UnexpectedFlagError: ({ externalFlagName: name, previousInput, input }) =>
      message(`${flag(name)} is given as ${quoted(previousInput)} and as ${quoted(input)}`, "each flag once"),
    InvalidNegatedFlagSyntaxError: ({ externalFlagName: name, valueText }) =>
      message(`${flag(name)} takes no value such as ${quoted(valueText)}`, `${flag(name)} alone`),
  });
