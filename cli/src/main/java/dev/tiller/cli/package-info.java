/** The command line: one class per command, nothing but parsing, wiring and printing. */
package dev.tiller.cli;
