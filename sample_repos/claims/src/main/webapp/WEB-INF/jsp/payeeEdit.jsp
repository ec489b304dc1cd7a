<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1>Payee</h1>
<form method="post" action="<%= ctx %>/payee">
<input type="hidden" name="id" value="${payee.payeeId}">
Name <input name="name" value="<c:out value='${payee.payeeName}'/>"> Kind <input name="kind" size="1" value="${payee.payeeKind}"><br>
Bank <input name="bankCode" value="${payee.bankCode}"> Account <input name="accountNo" value="${payee.accountNo}"><br>
Address <input name="address" size="60" value="<c:out value='${payee.address}'/>"><br>
<input type="submit" value="Save"> <button name="what" value="deactivate">Deactivate</button>
</form>
<%@ include file="foot.jsp" %>
