/** How good sets of designs are: the measures of one set, their table over seeds, the pictures. */
package dev.tiller.cli.evaluate;
