package com.harborline.claims.util;

/**
 * The one exception of the application. The code is shown to the user on
 * error.jsp, the help desk knows the list.
 */
public class AppException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String code;

    public AppException(String code, String message) {
        super(message);
        this.code = code;
    }

    public AppException(String code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public String getCode() {
        return code;
    }
}
