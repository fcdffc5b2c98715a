/** Modules that PyTorch exported as TorchScript, evaluated and differentiated by libtorch. */
package dev.tiller.zoo.torchscript;
