package io.fairlead.router.routing;

import io.fairlead.router.http.Method;

/** What of a model a path asks for, and with which methods. */
enum Place {
  /** The score route. */
  SCORE("POST, GET, OPTIONS"),

  /** The model's description of itself. */
  SWAGGER("GET, HEAD"),

  /** A path of the model that the endpoint allows; its methods are the model's business. */
  SUB_PATH("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),

  /** A method of a gRPC service; its path says nothing of the endpoint. */
  GRPC("POST");

  /** Value of {@code Allow}. */
  final String allow;

  Place(String allow) {
    this.allow = allow;
  }

  boolean takes(Method method) {
    return switch (this) {
      case SCORE -> method == Method.POST || method == Method.GET || method == Method.OPTIONS;
      case GRPC -> method == Method.POST;
      case SWAGGER -> method == Method.GET || method == Method.HEAD;
      case SUB_PATH -> method != Method.CONNECT && method != Method.TRACE;
    };
  }
}
