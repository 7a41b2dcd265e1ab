"""The network of the predictor `lstm` in Keras: layer, model, training. Only this folder imports TensorFlow."""
