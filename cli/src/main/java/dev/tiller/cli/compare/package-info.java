/** Methods side by side at equal budgets: the plan, the runs, the statistics, the picture. */
package dev.tiller.cli.compare;
