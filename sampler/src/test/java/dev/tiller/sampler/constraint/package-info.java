/** Tests of constraints; small cases are held against the list of all designs. */
package dev.tiller.sampler.constraint;
