package com.harborline.claims.soap;

/** Fault of the partner or a broken connection. */
public class SoapException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String faultCode;

    public SoapException(String faultCode, String message) {
        super(message);
        this.faultCode = faultCode;
    }

    public SoapException(String message, Throwable cause) {
        super(message, cause);
        this.faultCode = "IO";
    }

    public String getFaultCode() {
        return faultCode;
    }
}
