/** What {@code tiller doctor} looks at: each check is a section of facts and problems. */
package dev.tiller.cli.doctor;
