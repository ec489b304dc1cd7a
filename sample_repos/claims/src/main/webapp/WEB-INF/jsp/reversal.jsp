<%@ page contentType="text/html; charset=UTF-8" %>
<%@ include file="head.jsp" %>
<h1>Reverse payment ${payment.paymentId} of ${payment.amount}</h1>
<form method="post" action="<%= ctx %>/reversal">
<input type="hidden" name="id" value="${payment.paymentId}">
Reason <input name="reason" size="40"> <input type="submit" value="Reverse">
</form>
<%@ include file="foot.jsp" %>
