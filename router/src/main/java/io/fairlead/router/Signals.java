package io.fairlead.router;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * The signals of the operating system, which the JVM's shutdown hooks are too blunt for: they
 * cannot tell a second signal from the first, nor end the process with 0.
 *
 * <p>{@code sun.misc.Signal} is reached by reflection, because the compiler warns of its name and
 * warnings are errors here.
 */
final class Signals {
  private Signals() {}

  /**
   * Calls {@code handler} with the signal's number each time {@code name} arrives.
   *
   * @param name without {@code SIG}, such as {@code TERM}
   */
  @SuppressWarnings("ReferenceEquality") // a handler equals itself only
  static void handle(String name, IntConsumer handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object instance = signal.getConstructor(String.class).newInstance(name);
      int number = (int) signal.getMethod("getNumber").invoke(instance);
      InvocationHandler calls =
          (self, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  handler.accept(number);
                  yield null;
                }
                case "hashCode" -> System.identityHashCode(self);
                case "equals" -> self == arguments[0];
                default -> "handler of SIG" + name;
              };
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(), new Class<?>[] {handlerType}, calls);
      signal.getMethod("handle", signal, handlerType).invoke(null, instance, proxy);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM cannot handle SIG" + name, e);
    }
  }
}
